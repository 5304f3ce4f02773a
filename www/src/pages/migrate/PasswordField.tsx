import { PasswordInput } from '@mantine/core';
import type { MssqlServer } from '@/entities/mssql-server';
import { migrations } from '@/shared/texts/migrations';

const words = migrations.ends;

export interface Secret {
  password: string;
  onPassword: (password: string) => void;
}

/** Of a SQL Server whose password is not kept; nothing of one whose is. */
export function PasswordField({ server, error, password, onPassword }: Secret & { server: MssqlServer | undefined; error?: string | null }) {
  if (!server || server.has_password) return null;
  return (
    <PasswordInput
      label={words.password}
      description={words.passwordHint(server.username)}
      autoComplete="off"
      maw="28rem"
      value={password}
      error={error}
      onChange={(event) => {
        onPassword(event.currentTarget.value);
      }}
    />
  );
}
