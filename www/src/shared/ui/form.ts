import type { UseFormReturnType } from '@mantine/form';
import { asProblem } from '@/shared/api/problem';

/**
 * What a form's submit does: sends, and puts what the API says of a field at that field. Gives what is left to show in a
 * ProblemAlert: null when all went well or each complaint has found its field.
 */
export async function submitting<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  send: () => Promise<unknown>,
): Promise<unknown> {
  try {
    await send();
    return null;
  } catch (error) {
    const problem = asProblem(error);
    const field = problem.fieldOf(Object.keys(form.getValues()));
    if (field === undefined) return error;
    form.setFieldError(field, problem.detail.replace(`${field}: `, ''));
    form.getInputNode(field)?.focus();
    return null;
  }
}

/** Rules for `validate` of useForm: what they give is shown at the field, null is right. */
export const required = (message: string) => (value: unknown) =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '') ? message : null;

export const atMost = (length: number, message: string) => (value: string) => (value.length > length ? message : null);

export const between = (least: number, most: number, message: string) => (value: number | string | null) =>
  typeof value === 'number' && value >= least && value <= most ? null : message;

/** In every form: what fails a rule when it is sent comes into view, with the focus in it, however far up it stands. */
export function leadToFaults(): void {
  document.addEventListener('submit', ({ target }) => {
    // When the form has drawn what it found.
    setTimeout(() => {
      if (target instanceof HTMLElement) target.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  });
}
