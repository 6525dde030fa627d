// Giving the person a file that the page has made.

/** Through the browser's download, or the shell's dialog. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has read it by the time that this turn is over.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

/** RFC 4180, with a mark for spreadsheets that it is UTF-8; null is an empty cell. */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): Blob {
  const toCell = (value: string | number | null) => {
    const cell = String(value ?? '');
    return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  return new Blob([`\ufeff${rows.map((row) => row.map(toCell).join(',')).join('\r\n')}\r\n`], { type: 'text/csv' });
}
