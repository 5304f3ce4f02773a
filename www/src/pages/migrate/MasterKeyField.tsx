import { PasswordInput } from '@mantine/core';
import { migrations } from '@/shared/texts/migrations';
import type { Wizard } from './useWizard';

const words = migrations.go;

/** The worker has the same bounds. */
export function isMasterPassword(password: string): boolean {
  const { length } = Array.from(password);
  return length >= 8 && length <= 128;
}

/** What protects the master key that Holdfast's own key needs there. */
export function MasterKeyField({ wizard, isTried }: { wizard: Wizard; isTried: boolean }) {
  const { master } = wizard.secrets;
  return (
    <PasswordInput
      label={words.master}
      description={words.masterHint}
      autoComplete="off"
      maw="34rem"
      value={master}
      error={isTried && !isMasterPassword(master) ? words.masterWrong : null}
      onChange={(event) => {
        wizard.tell({ master: event.currentTarget.value });
      }}
    />
  );
}
