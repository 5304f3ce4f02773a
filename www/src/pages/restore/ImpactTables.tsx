import { Table, Text, Title } from '@mantine/core';
import { useBackupTables } from '@/entities/backup';
import type { Live } from '@/entities/database';
import { counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Name } from '@/shared/ui';
import { differences } from './impact';
import classes from './RestorePage.module.css';

const words = texts.restore.impact;
const SHOWN = 10;

/** Table by table, where live and backup differ most. */
export function ImpactTables({ live, backupId }: { live: Live; backupId: string }) {
  const tables = useBackupTables(backupId, { limit: 500 }).data;
  if (!tables || tables.items.length === 0) return null;
  const all = differences(live, { items: tables.items, isWhole: tables.cursor === null && tables.reason === null });
  if (all.length === 0) {
    return (
      <Text size="sm" mt="sm">
        {words.noDifference}
      </Text>
    );
  }
  return (
    <>
      <Title order={3} mt="lg" mb={4}>
        {words.tablesTitle}
      </Title>
      <Table aria-label={words.tablesTitle} className={classes.impact} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{words.table}</Table.Th>
            <Table.Th scope="col">{words.live}</Table.Th>
            <Table.Th scope="col">{words.coming}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {all.slice(0, SHOWN).map(({ name, live: is, coming }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" className={classes.tableName}>
                <Name>{name}</Name>
              </Table.Th>
              <Table.Td>{is === null ? words.notIn.live : words.about(counted(is, 'row'))}</Table.Td>
              <Table.Td>
                <strong>{coming === null ? words.notIn.backup : counted(coming, 'row')}</strong>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {all.length > SHOWN && (
        <Text size="sm" c="dimmed" mt={4}>
          {words.moreTables(counted(all.length - SHOWN, 'table'))}
        </Text>
      )}
    </>
  );
}
