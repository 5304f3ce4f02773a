import { PasswordInput } from '@mantine/core';
import type { MssqlServer } from '@/entities/mssql-server';
import { migrations } from '@/shared/texts/migrations';
import type { Wizard } from './useWizard';

const words = migrations.ends;

/** Of a SQL Server whose password is not kept; nothing of one whose is. */
export function PasswordField({ server, wizard, isTried = false }: { server: MssqlServer | undefined; wizard: Wizard; isTried?: boolean }) {
  if (!server || server.has_password) return null;
  return (
    <PasswordInput
      label={words.password}
      description={words.passwordHint(server.username)}
      autoComplete="off"
      maw="28rem"
      value={wizard.secrets.password}
      error={isTried && !wizard.secrets.password ? words.passwordMissing : null}
      onChange={(event) => {
        wizard.tell({ password: event.currentTarget.value });
      }}
    />
  );
}
