// The menu holds what the system expects of one; everything else is on the page.
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { DesktopWords } from '../../shared/desktop-host.ts';

export function setMenu(words: DesktopWords, { hasDevTools }: { hasDevTools: boolean }): void {
  const isMac = process.platform === 'darwin';
  const item = (role: NonNullable<MenuItemConstructorOptions['role']>, word: keyof DesktopWords) => ({
    role,
    label: words[word],
  });
  const separator = { type: 'separator' } as const;
  const file = isMac ? item('close', 'menu.close-window') : item('quit', 'menu.quit');
  const edit = [
    item('undo', 'menu.undo'),
    item('redo', 'menu.redo'),
    separator,
    item('cut', 'menu.cut'),
    item('copy', 'menu.copy'),
    item('paste', 'menu.paste'),
    item('selectAll', 'menu.select-all'),
  ];
  const view: MenuItemConstructorOptions[] = [
    item('resetZoom', 'menu.actual-size'),
    item('zoomIn', 'menu.zoom-in'),
    item('zoomOut', 'menu.zoom-out'),
    separator,
    item('togglefullscreen', 'menu.full-screen'),
    ...(hasDevTools ? ([{ role: 'reload' }, { role: 'toggleDevTools' }] as const) : []),
  ];
  const window = [item('minimize', 'menu.minimize'), item('close', 'menu.close-window')];
  const template: MenuItemConstructorOptions[] = [
    // The system's own words.
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: words['menu.file'], submenu: [file] },
    { label: words['menu.edit'], submenu: edit },
    { label: words['menu.view'], submenu: view },
    { ...item('window', 'menu.window'), submenu: window },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
