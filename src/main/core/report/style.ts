/** The report's looks, on light and dark screens and on paper. */
export const reportStyle = `
:root { color-scheme: light dark; --background: #f6f6f4; --surface: #fff; --line: #dcdcd8; --text: #1b1b19; --muted: #5c5c57; --stage: #e3e3df; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text); font: 14px/1.5 Inter, system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 24px; display: grid; gap: 16px; }
header h1 { font-size: 26px; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 8px; }
h3 { font-size: 14px; margin: 16px 0 4px; }
p { margin: 4px 0; }
ul { margin: 4px 0; padding-inline-start: 20px; }
section:not(.figures), .card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; min-width: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 14px; }
.minor { font-size: 13px; font-weight: 500; color: var(--muted); margin: 0; }
.value { font-size: 26px; font-weight: 600; line-height: 1.3; margin: 0; }
.muted { color: var(--muted); font-size: 13px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th { text-align: start; font-weight: 500; color: var(--muted); }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { overflow-wrap: normal; }
tr:last-child td { border-bottom: 0; }
.number { text-align: end; }
figure { margin: 0; }
figure svg { max-width: 100%; height: auto; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 16px; }
.on-dark { display: none; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 12px; }
.tile img, .broken { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--stage); border-radius: 6px; image-rendering: auto; }
.broken { display: grid; place-items: center; text-align: center; padding: 8px; }
figcaption { font-size: 13px; overflow-wrap: anywhere; }
.path { display: block; font: 11px ui-monospace, monospace; color: var(--muted); }
dl { display: grid; grid-template-columns: 140px minmax(0, 1fr); gap: 6px 16px; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
@media screen and (prefers-color-scheme: dark) {
  :root { --background: #161615; --surface: #1f1f1d; --line: #33332f; --text: #ececE8; --muted: #a3a39b; --stage: #0c0c0b; }
  .on-light { display: none; }
  .on-dark { display: block; }
}
@media print {
  body, .muted { font-size: 11px; }
  body { background: #fff; }
  .beside { grid-template-columns: 1fr 1fr; }
  main { max-width: none; padding: 0; display: block; }
  section { margin-bottom: 12px; }
  tr, .tile, .keep, .card, figure { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
}
@page { margin: 16mm; }
`;
