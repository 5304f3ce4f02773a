import { Alert, Button, Group, Modal, PasswordInput, Radio, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useCreateKey } from '@/entities/key';
import type { Key } from '@/entities/key';
import { texts } from '@/shared/texts';
import { notifyDone, ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.keys.adding;
const WAYS = ['make', 'paste', 'recipient', 'passphrase'] as const;
type Way = (typeof WAYS)[number];

export function KeyFormDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} size="lg">
      <KeyForm onClose={onClose} />
    </Modal>
  );
}

function KeyForm({ onClose }: { onClose: () => void }) {
  const create = useCreateKey();
  const [made, setMade] = useState<Key | null>(null);
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { way: 'make' as Way, name: '', secret: '', again: '', recipient: '' },
    validate: {
      name: (value) => required(words.nameMissing)(value) ?? (value.length > 200 ? words.tooLong : null),
      secret: (value, { way }) =>
        way === 'paste' && !value.trim().startsWith('AGE-SECRET-KEY-1') ? words.secretKeyWrong : way === 'passphrase' && value.length < 12 ? words.wordsShort : null,
      again: (value, { way, secret }) => (way === 'passphrase' && value !== secret ? words.differs : null),
      recipient: (value, { way }) => (way === 'recipient' && !value.trim().startsWith('age1') ? words.publicKeyWrong : null),
    },
  });
  const { way } = form.values;
  const save = form.onSubmit(async ({ name, secret, recipient }) => {
    setError(
      await submitting(form, async () => {
        const key = await create.mutateAsync({
          name,
          kind: way === 'recipient' ? 'recipient' : way === 'passphrase' ? 'passphrase' : 'identity',
          ...(way === 'paste' ? { secret: secret.trim() } : way === 'passphrase' ? { secret } : {}),
          ...(way === 'recipient' ? { recipient: recipient.trim() } : {}),
        });
        form.reset();
        notifyDone(words.done(key.name));
        if (key.has_secret) setMade(key);
        else onClose();
      }),
    );
  });
  if (made) return <SaveSheet keyId={made.id} onClose={onClose} />;
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <Radio.Group
          label={words.how}
          {...form.getInputProps('way')}
          onChange={(chosen) => {
            setError(null); // it was about another way
            form.setFieldValue('way', chosen as Way);
          }}
        >
          <Stack gap="sm" mt="xs">
            {WAYS.map((each) => (
              <Radio key={each} value={each} label={words[each]} description={words[`${each}Hint`]} />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput label={words.name} autoComplete="off" {...form.getInputProps('name')} />
        {way === 'paste' && <PasswordInput label={words.secretKey} autoComplete="off" {...form.getInputProps('secret')} />}
        {way === 'recipient' && <TextInput label={words.publicKey} placeholder="age1…" autoComplete="off" spellCheck={false} {...form.getInputProps('recipient')} />}
        {way === 'passphrase' && (
          <>
            <PasswordInput label={words.words} description={words.wordsHint} autoComplete="new-password" {...form.getInputProps('secret')} />
            <PasswordInput label={words.again} autoComplete="new-password" {...form.getInputProps('again')} />
          </>
        )}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {words.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The step that is forgotten until it is too late. */
function SaveSheet({ keyId, onClose }: { keyId: string; onClose: () => void }) {
  return (
    <Stack>
      <Alert color="yellow" icon={<IconPrinter aria-hidden />} title={words.sheetTitle}>
        {words.sheetBody}
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {words.later}
        </Button>
        <Button component={Link} to={`/keys/${keyId}/sheet`} data-autofocus>
          {words.sheet}
        </Button>
      </Group>
    </Stack>
  );
}
