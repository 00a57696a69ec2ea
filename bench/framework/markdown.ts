/** Cells of one line. */
export type Line = readonly string[];

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** A table in Markdown, its columns aligned as the formatter of the project aligns them. */
export function markdownTable(head: Line, lines: readonly Line[]): string {
  const table = [head, ...lines].map((line) => line.map(cell));
  const widths = head.map((_, column) => Math.max(3, ...table.map((line) => lengthOf(line[column] ?? ''))));
  const row = (line: Line) =>
    `| ${widths.map((width, column) => (line[column] ?? '') + ' '.repeat(width - lengthOf(line[column] ?? ''))).join(' | ')} |`;
  const [first = [], ...rest] = table;
  return [row(first), row(widths.map((width) => '-'.repeat(width))), ...rest.map(row)].join('\n');
}

/** Text that is none of ours, such as the message of an error, so that no character of it means anything. */
export function verbatim(text: string): string {
  return `\`${text.replace(/\s+/g, ' ').replaceAll('`', "'").trim()}\``;
}

function boundsOf(page: string, name: string) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no section between ${begin} and ${end}`);
  return { from: from + begin.length, to };
}

/** What a page has between its markers `<!-- name -->` and `<!-- /name -->`. @throws where it has none */
export function sectionOf(page: string, name: string): string {
  const { from, to } = boundsOf(page, name);
  return page.slice(from, to).trim();
}

/** A page with something else between its markers. @throws where it has none */
export function withSection(page: string, name: string, content: string): string {
  const { from, to } = boundsOf(page, name);
  return `${page.slice(0, from)}\n\n${content === '' ? '' : `${content}\n\n`}${page.slice(to)}`;
}
