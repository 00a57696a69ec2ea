import QRCode from 'qrcode';

/** The quiet zone on each side, in modules (ISO/IEC 18004). */
const MARGIN = 4;

/** The dark modules of a QR code drawn as SVG, row by row: read from the strokes of its path. */
export function modulesOf(svg: string): string[] {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const path = /stroke="#000000" d="([^"]+)"/.exec(svg)?.[1] ?? '';
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  let [x, y] = [0, 0];
  for (const [, command = '', numbers = ''] of path.matchAll(/([Mmh])([^Mmh]+)/g)) {
    const [first = 0, second = 0] = numbers.trim().split(/[ ,]/).map(Number);
    if (command === 'M') [x, y] = [first, second];
    else if (command === 'm') [x, y] = [x + first, y + second];
    else {
      for (let dark = 0; dark < first; dark += 1) rows[Math.floor(y)]?.splice(x + dark, 1, true);
      x += first;
    }
  }
  return rows.slice(MARGIN, size - MARGIN).map((row) =>
    row
      .slice(MARGIN, size - MARGIN)
      .map((dark) => (dark ? '#' : ' '))
      .join(''),
  );
}

/** The modules of the QR code that a text makes, straight from the encoder. */
export function intendedModules(text: string): string[] {
  const { data, size } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  return Array.from({ length: size }, (_, row) =>
    Array.from(data.slice(row * size, (row + 1) * size), (dark) => (dark ? '#' : ' ')).join(''),
  );
}
