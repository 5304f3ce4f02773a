import { Button, Group, Radio, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useSaveWebhook } from '@/entities/webhook';
import type { Webhook } from '@/entities/webhook';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { notifyDone, ProblemAlert, required, submitting } from '@/shared/ui';

const words = settingsTexts.webhooks;

function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}

/** `onMade` gets a secret that was made: it is shown this once. */
export function WebhookForm({ webhook, onMade, onClose }: { webhook: Webhook | undefined; onMade: (secret: string) => void; onClose: () => void }) {
  const save = useSaveWebhook();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: {
      name: webhook?.name ?? '',
      url: webhook?.url ?? '',
      must_succeed: webhook?.must_succeed ?? false,
      is_active: webhook?.is_active ?? true,
      sign: !webhook ? 'make' : webhook.has_secret ? 'keep' : 'none',
    },
    validate: {
      name: (value) => required(words.nameMissing)(value) ?? (value.length > 200 ? words.tooLong : null),
      url: (value) => (!isAddress(value) ? words.urlWrong : value.length > 2000 ? words.tooLong : null),
    },
  });
  const submit = form.onSubmit(async ({ sign, ...values }) => {
    setError(
      await submitting(form, async () => {
        const secret = newKey() + newKey();
        await save.mutateAsync({ webhook, body: { ...values, ...(sign === 'make' ? { secret } : sign === 'none' ? { secret: null } : {}) } });
        notifyDone(words.saved(values.name));
        if (sign === 'make') onMade(secret);
        else onClose();
      }),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={words.name} description={words.nameHint} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput label={words.url} description={words.urlHint} placeholder="https://shop.example.org/halt" autoComplete="off" spellCheck={false} {...form.getInputProps('url')} />
        <Switch label={words.mustSucceed} description={words.mustSucceedHint} {...form.getInputProps('must_succeed', { type: 'checkbox' })} />
        <Radio.Group label={words.secret} description={words.secretHint} {...form.getInputProps('sign')}>
          <Stack gap="xs" mt="xs">
            <Radio value="make" label={words.signs.make} />
            {webhook?.has_secret && <Radio value="keep" label={words.signs.keep} />}
            <Radio value="none" label={words.signs.none} />
          </Stack>
        </Radio.Group>
        {webhook && <Switch label={words.isActive} {...form.getInputProps('is_active', { type: 'checkbox' })} />}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {webhook ? words.save : words.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
