import { Button, Collapse, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { ServerCheck, useChangeServer, useCreateServer } from '@/entities/server';
import type { Server } from '@/entities/server';
import { texts } from '@/shared/texts';
import { ProblemAlert, submitting } from '@/shared/ui';
import { MoreFields, PlaceFields } from './fields';
import { bodyOf, rules, valuesOf } from './values';

const words = texts.servers.form;
const MORE = ['tls_root', 'maintenance_db', 'pool', 'max_jobs'] as const;

interface ServerFormProps {
  /** The one to change; absent: a new one. */
  server?: Server;
  /** It is saved and its test went well. When the test fails, the form stays, and shows where. */
  onWorks: (server: Server) => void;
  onCancel?: () => void;
}

/** A server is saved and tested in one; what fails the test is mended here and saved again. */
export function ServerForm({ server, onWorks, onCancel }: ServerFormProps) {
  const [saved, setSaved] = useState(server);
  const [tested, setTested] = useState<Server | null>(server?.check?.ok === false ? server : null);
  const [error, setError] = useState<unknown>(null);
  const [hasMore, more] = useDisclosure(false);
  const steps = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tested && tested !== server) steps.current?.scrollIntoView({ block: 'nearest' });
  }, [tested, server]);
  const create = useCreateServer();
  const change = useChangeServer();
  const form = useForm({ initialValues: valuesOf(server), validate: rules(saved) });

  const save = form.onSubmit(
    async (values) => {
      setTested(null);
      setError(
        await submitting(form, async () => {
          const body = bodyOf(values, saved);
          const answer = saved ? await change.mutateAsync({ server: saved, body }) : await create.mutateAsync(body);
          setSaved(answer);
          if (answer.check?.ok) onWorks(answer);
          else setTested(answer);
        }),
      );
    },
    (errors) => {
      setTested(null); // it was of what stood there before
      if (MORE.some((name) => errors[name])) more.open();
    },
  );

  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <PlaceFields form={form} saved={saved} />
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
          <MoreFields form={form} />
        </Collapse>
        <ProblemAlert error={error} />
        <div role="status" ref={steps}>
          {tested && <ServerCheck server={tested} />}
        </div>
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {texts.confirm.cancel}
            </Button>
          )}
          <Button type="submit" loading={create.isPending || change.isPending}>
            {saved ? words.save : words.addAndTest}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
