import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, idempotent, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';

export interface ExportedFile {
  number: number;
  file: string;
  table: string;
  rows: number;
  size_bytes: number;
}

/** The result of an export's job, which the API gives as an object of its own: see worker/jobs/export.c. */
export interface Exported {
  files: ExportedFile[];
  expires_at: string;
}

export function useExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: Schemas['ExportNew']; key: string }) => take(api.POST('/api/v1/exports', { params: { header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** A link that works once, for five minutes. */
export function useLinkFile() {
  return useMutation({
    mutationFn: ({ job, number }: { job: string; number: number }) =>
      take(api.POST('/api/v1/jobs/{id}/files/{number}/download', { params: { path: { id: job, number: String(number) } } })),
  });
}

export type ImportRequest = Schemas['ImportNew'];
export type ImportReport = Schemas['ImportReport'];

/** What would come of an import: a job, whose report says it. */
export function usePreview() {
  return useMutation({
    mutationFn: ({ body, key }: { body: ImportRequest; key: string }) => take(api.POST('/api/v1/imports/preview', { params: { header: idempotent(key) }, body })),
    gcTime: 0, // the password of a SQL Server leaves the cache with the page
  });
}

export function useImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: ImportRequest; key: string }) => take(api.POST('/api/v1/imports', { params: { header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
    gcTime: 0,
  });
}
