import { Alert, Button, PasswordInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { texts } from '@/shared/texts';
import type { Values } from './values';

const words = texts.restore.key;

/** The key, if none of those that are here opens the file; or another one by choice. */
export function KeyField({ form, isNeeded, fingerprint }: { form: UseFormReturnType<Values>; isNeeded: boolean; fingerprint: string | undefined }) {
  const [isOther, setOther] = useState(form.values.identity !== '');
  if (!isNeeded && !isOther) {
    return (
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconKey size={16} aria-hidden />}
          onClick={() => {
            setOther(true);
          }}
        >
          {words.other}
        </Button>
      </div>
    );
  }
  const field = <PasswordInput label={words.label} description={words.hint} autoComplete="off" maw="34rem" {...form.getInputProps('identity')} />;
  if (!isNeeded) return field;
  return (
    <Alert color="yellow" icon={<IconKey aria-hidden />} title={words.title}>
      <p>{words.body(fingerprint ?? '')}</p>
      {field}
    </Alert>
  );
}
