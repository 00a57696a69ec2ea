/** The first line of a page that is generated: nobody is to edit it by hand. */
export function generatedFrom(source: string): string {
  return `<!-- Generated from ${source} by \`npm run generate\`. -->`;
}

function row(cells: readonly string[], widths: readonly number[]): string {
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
}

/** A table with its columns in line, as prettier leaves it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A bar would end its cell; one that is escaped already stays as it is.
  const body = rows.map((cells) => cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')));
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...body.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = widths.map((width) => '-'.repeat(width));
  return [head, line, ...body].map((cells) => row(cells, widths)).join('\n');
}
