import { people as peopleTexts } from '@/shared/texts/people';
import { Status } from '@/shared/ui';

const words = peopleTexts;

export function PersonState({ person }: { person: { is_active: boolean; has_password: boolean } }) {
  if (!person.is_active) return <Status plain tone="quiet">{words.inactive}</Status>;
  if (!person.has_password) return <Status plain tone="warn">{words.noPassword}</Status>;
  return <Status plain tone="ok">{words.active}</Status>;
}
