import type { components } from './schema';

/** Of the API's codes, or one of the page's own: network-away, http-<status>. */
type ProblemDocument = Omit<components['schemas']['Problem'], 'code'> & { code: string };

/** What the API (or nginx before it) answers when something was not done; every failed call throws one. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly todo: string | undefined;
  readonly requestId: string | undefined;

  constructor(document: Pick<ProblemDocument, 'status' | 'code' | 'title' | 'detail'> & Partial<ProblemDocument>) {
    super(document.detail || document.title);
    this.name = 'Problem';
    this.status = document.status;
    this.code = document.code;
    this.title = document.title;
    this.detail = document.detail;
    this.todo = document.todo;
    this.requestId = document.request_id;
  }

  /** Nobody answers: nothing is wrong with what was asked, and it may work in a moment. */
  get isAway(): boolean {
    return this.status === 0 || this.code === 'network-away' || [502, 503, 504].includes(this.status);
  }

  /** It was changed by somebody else since it was read. */
  get isStale(): boolean {
    return this.status === 412;
  }

  /**
   * The form's field that the API complains of: it writes "name: a text of 1 to 200 characters is expected", or
   * "name is missing".
   */
  fieldOf<Field extends string>(fields: readonly Field[]): Field | undefined {
    if (this.status !== 400 && this.status !== 409 && this.status !== 422) return undefined;
    return fields.find((field) => this.detail.startsWith(`${field}:`) || this.detail.startsWith(`${field} is missing`));
  }
}

export function awayProblem(): Problem {
  return new Problem({
    status: 0,
    code: 'network-away',
    title: 'Holdfast does not answer',
    detail: 'the server could not be reached',
    todo: 'Look at your connection; it is tried again by itself.',
  });
}

export async function readProblem(response: Response): Promise<Problem> {
  return problemOfText(await response.text(), response.status);
}

export function problemOfText(text: string, status: number): Problem {
  try {
    const document: unknown = JSON.parse(text);
    if (isProblem(document)) return new Problem(document);
  } catch {
    // Not JSON: some proxy between us and the server has answered.
  }
  return new Problem({
    status,
    code: `http-${String(status)}`,
    title: 'An answer that was not expected',
    detail: `the server answered with status ${String(status)} and no explanation`,
    todo: 'Try again; if it stays so, look at what stands between your browser and Holdfast.',
  });
}

function isProblem(value: unknown): value is ProblemDocument {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value && 'status' in value;
}

/** Anything thrown, as a Problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({
    status: 0,
    code: 'page',
    title: 'The page has failed',
    detail: error instanceof Error ? error.message : String(error),
    todo: 'Reload the page. If it happens again, this is a defect of Holdfast.',
  });
}
