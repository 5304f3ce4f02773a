import { Button, Collapse, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useChangeMssqlServer, useCreateMssqlServer } from '@/entities/mssql-server';
import type { MssqlServer } from '@/entities/mssql-server';
import { texts } from '@/shared/texts';
import { mssqlServers } from '@/shared/texts/mssqlServers';
import { notifyDone, ProblemAlert, submitting } from '@/shared/ui';
import { PasswordFields, PlaceFields, TrustFields } from './fields';
import { bodyOf, rules, valuesOf } from './values';

const words = mssqlServers.form;

interface MssqlServerFormProps {
  /** The one to change; absent: a new one. */
  server?: MssqlServer | undefined;
  onClose: () => void;
  /** It is saved, and the dialog closed. It is not tested by that. */
  onSaved?: (server: MssqlServer) => void;
}

/** Its form begins anew at each opening. */
export function MssqlServerFormDialog({ opened, ...props }: MssqlServerFormProps & { opened: boolean }) {
  return (
    <Modal opened={opened} onClose={props.onClose} size="lg" title={props.server ? words.editTitle(props.server.name) : words.addTitle}>
      <MssqlServerForm {...props} />
    </Modal>
  );
}

function MssqlServerForm({ server, onClose, onSaved }: MssqlServerFormProps) {
  const [error, setError] = useState<unknown>(null);
  const [hasMore, more] = useDisclosure(false);
  const create = useCreateMssqlServer();
  const change = useChangeMssqlServer();
  const form = useForm({ initialValues: valuesOf(server), validate: rules(server) });

  const save = form.onSubmit(
    async (values) => {
      setError(
        await submitting(form, async () => {
          const body = bodyOf(values, server);
          const saved = server ? await change.mutateAsync({ server, body }) : await create.mutateAsync(body);
          notifyDone(words.saved(saved.name));
          onClose();
          onSaved?.(saved);
        }),
      );
    },
    (errors) => {
      if (errors.pool) more.open();
    },
  );

  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <PlaceFields form={form} />
        <PasswordFields form={form} saved={server} />
        <TrustFields form={form} />
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          onClick={more.toggle}
          aria-expanded={hasMore}
          rightSection={hasMore ? <IconChevronUp size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
        >
          {words.more}
        </Button>
        <Collapse in={hasMore}>
          <TextInput label={words.pool} description={words.poolHint} autoComplete="off" autoCapitalize="none" spellCheck={false} {...form.getInputProps('pool')} />
        </Collapse>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={create.isPending || change.isPending}>
            {server ? words.save : words.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
