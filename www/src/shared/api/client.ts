import createClient from 'openapi-fetch';
import { awayProblem, readProblem } from './problem';
import { reachability } from './reachability';
import type { components, paths } from './schema';
import { noteStarted } from './startedJobs';

export type Schemas = components['schemas'];

let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

/** What goes with every request that changes something; /me and signing in give it. */
export function setCsrf(value: string | null): void {
  csrf = value;
}

/** For the uploads, which are sent by a library of their own. */
export function getCsrf(): string | null {
  return csrf;
}

/** Called when an answer says that nobody is signed in (any more). */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    reachability.set(false);
    throw awayProblem();
  }
}

function withCsrf(request: Request): Request {
  if (request.method !== 'GET' && csrf !== null) request.headers.set('X-CSRF-Token', csrf);
  return request;
}

/** The session may have been made anew in another tab: then it has another token. */
async function renewCsrf(): Promise<void> {
  const answer = await fetch('/api/v1/me');
  if (answer.ok) setCsrf(((await answer.json()) as Schemas['Me']).csrf);
}

/** As fetch, but throws a Problem for everything that is not done. 304 is an answer. */
export async function guardedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  let response = await send(withCsrf(request));
  if (response.ok || response.status === 304) {
    reachability.set(true);
    return response;
  }
  let problem = await readProblem(response);
  if (problem.code === 'csrf') {
    await renewCsrf();
    response = await send(withCsrf(again));
    if (response.ok) return response;
    problem = await readProblem(response);
  }
  reachability.set(!problem.isAway);
  if (problem.status === 401 && !request.url.endsWith('/api/v1/session')) onSignedOut();
  throw problem;
}

/** The API, typed by openapi.yaml. Use it in the hooks of entities and features; wrap calls in `take`. */
export const api = createClient<paths>({ baseUrl: '', fetch: guardedFetch });
api.use(noteStarted);

/** The data of an answer; a failed call has thrown its Problem before. */
export async function take<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await call;
  return data as Data;
}

/** `headers` of a request that makes a job: one key for each intention, so that a repeated click makes one job. */
export function idempotent(key: string): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key };
}

export function newKey(): string {
  // randomUUID is there on https and localhost only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `headers` of an edit: it is refused (412) when somebody else has changed the thing since. */
export function ifMatch(thing: { version: number }): { 'If-Match': string } {
  return { 'If-Match': `"${String(thing.version)}"` };
}
