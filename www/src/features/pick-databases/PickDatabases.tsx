import { Anchor, Button, Checkbox, Group, Loader, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconPlus, IconRefresh, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useFoundDatabases, useRegisterDatabases } from '@/entities/server';
import type { FoundDatabase } from '@/entities/server';
import { texts } from '@/shared/texts';
import { notifyDone, ProblemAlert, Size, Status } from '@/shared/ui';
import classes from './PickDatabases.module.css';

const words = texts.servers.found;

/** The databases that a server has, and one click to register one, some, or all of them. */
export function PickDatabases({ serverId }: { serverId: string }) {
  const found = useFoundDatabases(serverId, true);
  const register = useRegisterDatabases(serverId);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState('');
  if (found.isPending) {
    return (
      <Group gap="sm" role="status">
        <Loader size="sm" />
        <Text c="dimmed">{words.looking}</Text>
      </Group>
    );
  }
  if (!found.data) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  const shown = found.data.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  const open = shown.filter(({ database_id }) => database_id === null).map(({ name }) => name);
  const picked = open.filter((name) => chosen.has(name));
  const go = (names: string[]) => {
    register.mutate(names, {
      onSuccess: ({ added }) => {
        notifyDone(words.done(added));
        setChosen(new Set());
      },
    });
  };
  const pick = (names: readonly string[], isOn: boolean) => {
    setChosen((before) => new Set(isOn ? [...before, ...names] : [...before].filter((name) => !names.includes(name))));
  };
  const all = open.length > 0 && picked.length === open.length;
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        {found.data.length > 10 ? (
          <TextInput
            type="search"
            label={words.filter}
            value={filter}
            leftSection={<IconSearch size={16} aria-hidden />}
            onChange={(event) => {
              setFilter(event.currentTarget.value);
            }}
          />
        ) : (
          <Text c="dimmed">{found.data.length === 0 ? words.none : open.length === 0 && !filter ? words.all : words.lead}</Text>
        )}
        <Group gap="xs">
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} loading={found.isFetching} onClick={() => void found.refetch()}>
            {words.refresh}
          </Button>
          {open.length > 0 && (
            <Button
              loading={register.isPending}
              onClick={() => {
                go(picked.length > 0 ? picked : open);
              }}
            >
              {picked.length > 0 && !all ? words.registerSome(picked.length) : open.length === 1 ? words.registerSome(1) : words.registerAll(open.length)}
            </Button>
          )}
        </Group>
      </Group>
      <ProblemAlert error={register.error} />
      <FoundTable rows={shown} chosen={chosen} onPick={pick} onRegister={go} />
    </Stack>
  );
}

interface FoundTableProps {
  rows: readonly FoundDatabase[];
  chosen: ReadonlySet<string>;
  onPick: (names: readonly string[], isOn: boolean) => void;
  onRegister: (names: string[]) => void;
}

function FoundTable({ rows, chosen, onPick, onRegister }: FoundTableProps) {
  const open = rows.filter(({ database_id }) => database_id === null).map(({ name }) => name);
  const picked = open.filter((name) => chosen.has(name)).length;
  if (rows.length === 0) return null;
  return (
    <div className={classes.scroll} tabIndex={rows.length > 10 ? 0 : -1} role="group" aria-label={words.title}>
      <Table aria-label={words.title} verticalSpacing="xs" highlightOnHover stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="2.5rem">
              {open.length > 0 && (
                <Checkbox
                  size="md"
                  aria-label={words.selectAll}
                  checked={picked > 0 && picked === open.length}
                  indeterminate={picked > 0 && picked < open.length}
                  onChange={(event) => {
                    onPick(open, event.currentTarget.checked);
                  }}
                />
              )}
            </Table.Th>
            <Table.Th>{words.columns.name}</Table.Th>
            <Table.Th ta="right">{words.columns.size}</Table.Th>
            <Table.Th ta="right">{words.columns.state}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <FoundRow key={row.name} row={row} isChosen={chosen.has(row.name)} onPick={onPick} onRegister={onRegister} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function FoundRow({ row, isChosen, onPick, onRegister }: { row: FoundDatabase; isChosen: boolean } & Pick<FoundTableProps, 'onPick' | 'onRegister'>) {
  return (
    <Table.Tr>
      <Table.Td>
        {row.database_id === null && (
          <Checkbox
            size="md"
            aria-label={words.select(row.name)}
            checked={isChosen}
            onChange={(event) => {
              onPick([row.name], event.currentTarget.checked);
            }}
          />
        )}
      </Table.Td>
      <Table.Td>
        {row.database_id ? (
          <Anchor component={Link} to={`/databases/${row.database_id}`}>
            {row.name}
          </Anchor>
        ) : (
          row.name
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Size bytes={row.size_bytes} />
      </Table.Td>
      <Table.Td ta="right">
        {row.database_id ? (
          <Status tone="ok" plain>
            {words.registered}
          </Status>
        ) : (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} aria-hidden />}
            aria-label={words.registerOne(row.name)}
            onClick={() => {
              onRegister([row.name]);
            }}
          >
            {words.register}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
