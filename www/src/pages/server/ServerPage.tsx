import { Button, Group, Skeleton, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlugConnected, IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from 'react-router-dom';
import { IfMay } from '@/entities/me';
import { ServerCheck, ServerStatus, useDeleteServer, useServer, useTestServer } from '@/entities/server';
import type { Server } from '@/entities/server';
import { ServerFormDialog } from '@/features/server-form';
import { texts } from '@/shared/texts';
import { ConfirmDialog, Facts, notifyDone, notifyProblem, Page, ProblemAlert, Surface, When } from '@/shared/ui';
import classes from './ServerPage.module.css';
import { ServerDatabases } from './ServerDatabases';

const words = texts.servers;

export function ServerPage() {
  const { id } = useParams();
  const server = useServer(id);
  if (!server.data) {
    return (
      <Page title={words.columns.name}>
        {server.error ? <ProblemAlert error={server.error} onRetry={() => void server.refetch()} /> : <Skeleton h={240} radius="md" />}
      </Page>
    );
  }
  return <OneServer server={server.data} />;
}

function OneServer({ server }: { server: Server }) {
  return (
    <Page title={server.name} description={`${server.host}:${String(server.port)}`} actions={<Actions server={server} />}>
      <div className={classes.two}>
        <Check server={server} />
        <Surface label={words.facts.label}>
          <Facts items={facts(server)} />
        </Surface>
      </div>
      <ServerDatabases server={server} />
    </Page>
  );
}

function Check({ server }: { server: Server }) {
  const test = useTestServer();
  return (
    <Surface label={words.check.title}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2}>{words.check.title}</Title>
        <IfMay role="operator">
          <Button
            variant="default"
            size="xs"
            loading={test.isPending}
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            onClick={() => {
              test.mutate(server.id, { onError: notifyProblem });
            }}
          >
            {words.test}
          </Button>
        </IfMay>
      </Group>
      <ServerCheck server={server} />
      <Group gap="xs" mt="md" role="status">
        <ServerStatus server={server} />
        {server.checked_at && <When at={server.checked_at} />}
      </Group>
    </Surface>
  );
}

function Actions({ server }: { server: Server }) {
  const [isEditing, editing] = useDisclosure(false);
  const [isRemoving, removing] = useDisclosure(false);
  const remove = useDeleteServer();
  const navigate = useNavigate();
  return (
    <IfMay role="administrator">
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={editing.open}>
        {words.edit}
      </Button>
      <Button variant="default" c="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={removing.open}>
        {words.remove}
      </Button>
      <ServerFormDialog opened={isEditing} onClose={editing.close} server={server} />
      <ConfirmDialog
        opened={isRemoving}
        onClose={removing.close}
        title={words.removal.title(server.name)}
        confirm={words.remove}
        isDangerous
        onConfirm={async () => {
          await remove.mutateAsync(server);
          notifyDone(words.removal.done(server.name));
          navigate('/servers');
        }}
      >
        {words.removal.body}
      </ConfirmDialog>
    </IfMay>
  );
}

function facts(server: Server) {
  const { facts: names } = words;
  return [
    [names.address, `${server.host}:${String(server.port)}`],
    [names.user, server.username],
    [names.password, server.has_password ? names.hasPassword : names.noPassword],
    [names.tls, words.tls[server.tls_mode]],
    [names.maintenance, server.maintenance_db],
    [names.pool, server.pool],
    [names.maxJobs, server.max_jobs],
    [names.created, <When key="at" at={server.created_at} as="local" />],
    [names.createdBy, server.created_by],
  ] as const;
}
