import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, asProblem, idempotent, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';
import type { MigrationRequest } from './values';

export type Report = Schemas['Report'];
export type Assessment = Schemas['Assessment'];

export interface PostgresOutcome {
  target: 'postgresql';
  ok: boolean;
  code: string | null;
  message: string | null;
  findings: { fatal: boolean; text: string }[];
}

export interface MssqlOutcome {
  target: 'sql-server';
}

/** The result of an assessment's job, which the API gives as an object of its own: see worker/jobs/assess.c. */
export type Outcome = PostgresOutcome | MssqlOutcome;

type Asked = { body: MigrationRequest; key: string };

function useJob(ask: (asked: Asked) => Promise<{ job_id: string }>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
    gcTime: 0, // there may be a password in what was asked
  });
}

export function useAssess() {
  return useJob(({ body, key }) => take(api.POST('/api/v1/assessments', { params: { header: idempotent(key) }, body })));
}

export function useMigrate() {
  return useJob(({ body, key }) => take(api.POST('/api/v1/migrations', { params: { header: idempotent(key) }, body })));
}

/** What a job that has ended has found; null: it has left no report. */
export function useReport(job_id: string | undefined) {
  return useQuery({
    queryKey: ['reports', job_id],
    queryFn: async ({ signal }) => {
      try {
        return await take(api.GET('/api/v1/jobs/{id}/report', { params: { path: { id: job_id ?? '' } }, signal }));
      } catch (error) {
        if (asProblem(error).status === 404) return null;
        throw error;
      }
    },
    enabled: job_id !== undefined,
    staleTime: Infinity,
  });
}

/** A file of a job's report, to save, print or run. */
export function fileOf(job_id: string, file: 'report.html' | 'script.sql'): string {
  return `/api/v1/jobs/${job_id}/${file}`;
}
