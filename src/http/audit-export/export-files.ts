import type { ExportFormat } from '../../domain/account/events.js';
import type { ExportRequest } from '../../projections/audit-export/exporter.js';

interface FileForm {
  readonly type: string;
  readonly ending: string;
}

const FORMS: Readonly<Record<ExportFormat, FileForm>> = {
  NATIVE: { type: 'application/x-ndjson', ending: 'ndjson' },
  OCSF: { type: 'application/x-ndjson', ending: 'ocsf.ndjson' },
  CSV: { type: 'text/csv; charset=utf-8; header=present', ending: 'csv' },
};

/** The headers of an answer that is an export: its type, what a browser calls the file, and which records it has. */
export function exportHeaders({ accountId, format, from, to }: ExportRequest): Readonly<Record<string, string>> {
  const { type, ending } = FORMS[format];
  // Ids are letters, digits, dots, dashes and underscores.
  const name = `audit-${accountId}-${from}-${to}.${ending}`;
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="${name}"`,
    'x-audit-from': String(from),
    'x-audit-to': String(to),
  };
}
