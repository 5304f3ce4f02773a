import { Alert, PasswordInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { Values } from '@/entities/migration';
import { texts } from '@/shared/texts';
import { migrations } from '@/shared/texts/migrations';
import { useSource } from './useSource';
import type { Wizard } from './useWizard';

const words = texts.restore.key;

/** The key of the backup that is read, where none that is here opens it; else nothing. */
export function IdentityField({ values, wizard, isTried }: { values: Values; wizard: Wizard; isTried: boolean }) {
  const { backup, lacksKey } = useSource(values);
  if (!backup || !lacksKey) return null;
  return (
    <Alert color="yellow" icon={<IconKey aria-hidden />} title={words.title}>
      <p>{migrations.ends.key(backup.fingerprints[0] ?? '')}</p>
      <PasswordInput
        label={words.label}
        description={words.hint}
        autoComplete="off"
        maw="34rem"
        value={wizard.secrets.identity}
        error={isTried && !wizard.secrets.identity.trim() ? words.missing : null}
        onChange={(event) => {
          wizard.tell({ identity: event.currentTarget.value });
        }}
      />
    </Alert>
  );
}
