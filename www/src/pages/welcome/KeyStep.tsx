import { Alert, Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDownload, IconExternalLink, IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { useCreateKey, useKeySheet } from '@/entities/key';
import type { Key } from '@/entities/key';
import { saveText } from '@/shared/lib/saveText';
import { texts } from '@/shared/texts';
import { ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.welcome.key;

export function KeyStep({ existing, onGo }: { existing: Key | undefined; onGo: () => void }) {
  return existing ? <Sheet keyOf={existing} onGo={onGo} /> : <MakeKey />;
}

function MakeKey() {
  const create = useCreateKey();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ initialValues: { name: 'main' }, validate: { name: required(words.nameMissing) } });
  const save = form.onSubmit(async ({ name }) => {
    setError(await submitting(form, () => create.mutateAsync({ name, kind: 'identity' })));
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <TextInput label={words.name} maxLength={200} autoComplete="off" {...form.getInputProps('name')} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            {words.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** One goes on when the sheet was seen, and says that it is saved. */
function Sheet({ keyOf, onGo }: { keyOf: Key; onGo: () => void }) {
  const sheet = useKeySheet();
  const [hasSeen, setSeen] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const seen = () => {
    setSeen(true);
  };
  const download = () => {
    sheet.mutate(keyOf.id, {
      onSuccess: (text) => {
        saveText(`holdfast-recovery-${keyOf.name}.txt`, String(text));
        seen();
      },
    });
  };
  return (
    <Stack>
      <Alert icon={<IconKey aria-hidden />} color="yellow">
        {words.sheetLead}
      </Alert>
      <Group>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={sheet.isPending} onClick={download}>
          {words.download}
        </Button>
        <Button
          component="a"
          href={`/keys/${keyOf.id}/sheet`}
          target="_blank"
          rel="noopener"
          variant="default"
          leftSection={<IconExternalLink size={16} aria-hidden />}
          onClick={seen}
        >
          {words.sheet}
        </Button>
      </Group>
      <ProblemAlert error={sheet.error} />
      <Checkbox
        label={words.saved}
        description={hasSeen ? undefined : words.first}
        disabled={!hasSeen}
        checked={isSaved}
        onChange={(event) => {
          setSaved(event.currentTarget.checked);
        }}
      />
      <Group justify="flex-end">
        <Button disabled={!isSaved} onClick={onGo}>
          {words.go}
        </Button>
      </Group>
    </Stack>
  );
}
