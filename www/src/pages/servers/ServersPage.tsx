import { Anchor, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router-dom';
import { useAllDatabases } from '@/entities/database';
import { IfMay, useMay } from '@/entities/me';
import { ServerStatus, useServerPage } from '@/entities/server';
import type { Server } from '@/entities/server';
import { ServerFormDialog } from '@/features/server-form';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ClearFilters, Count, DataTable, EmptyState, Page, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { MssqlServers } from './MssqlServers';

const words = texts.servers;

export function ServersPage() {
  const state = useListState({ sort: 'name' });
  const list = useServerPage(state);
  const mayAdd = useMay('administrator');
  const [isAdding, adding] = useDisclosure(false);
  const navigate = useNavigate();
  const databases = useAllDatabases().data;
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={adding.open}>
      {words.add}
    </Button>
  );
  return (
    <Page title={words.title} description={words.lead} actions={<IfMay role="administrator">{list.rows.length > 0 && add}</IfMay>}>
      <DataTable
        label={words.title}
        columns={columns((id) => databases?.filter((each) => each.server_id === id).length)}
        list={list}
        nameOf={(server) => server.name}
        toolbar={
          <>
            <TableSearch state={state} />
            <ClearFilters state={state} />
          </>
        }
        empty={
          <EmptyState icon={IconServer2} title={words.empty.title} action={mayAdd && add}>
            {mayAdd ? words.empty.body : words.empty.viewer}
          </EmptyState>
        }
      />
      <MssqlServers />
      <ServerFormDialog
        opened={isAdding}
        onClose={adding.close}
        onWorks={(server) => {
          navigate(`/servers/${server.id}`);
        }}
      />
    </Page>
  );
}

function columns(databasesOf: (id: string) => number | undefined): readonly Column<Server>[] {
  return [
    {
      key: 'name',
      title: words.columns.name,
      sort: 'name',
      cell: (server) => (
        <Anchor component={Link} to={`/servers/${server.id}`}>
          {server.name}
        </Anchor>
      ),
    },
    { key: 'address', title: words.columns.address, cell: (server) => `${server.host}:${String(server.port)}` },
    { key: 'check', title: words.columns.check, cell: (server) => <ServerStatus server={server} plain /> },
    { key: 'version', title: words.columns.version, cell: (server) => server.check?.version || '–' },
    { key: 'databases', title: words.columns.databases, align: 'right', cell: (server) => <Count value={databasesOf(server.id)} /> },
    { key: 'checked', title: words.columns.checked, cell: (server) => <When at={server.checked_at} /> },
  ];
}
