import type { Middleware } from 'openapi-fetch';

const started = new Set<string>();

/** Notes the jobs that an answer names as begun (202). */
export const noteStarted: Middleware = {
  async onResponse({ response }) {
    if (response.status !== 202) return;
    const { job_id, job_ids } = (await response.clone().json()) as { job_id?: string; job_ids?: string[] };
    for (const id of job_ids ?? [job_id]) if (id !== undefined) started.add(id);
  },
};

/** The jobs that this tab began since it was asked last: one may end before any list shows it. */
export function takeStarted(): string[] {
  const ids = [...started];
  started.clear();
  return ids;
}
