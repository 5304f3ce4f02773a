import { Table, Title } from '@mantine/core';
import type { Report } from '@/entities/migration';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.proof;

/** Rows that SQL Server did not take, by their keys. */
export function RefusedRows({ rows }: { rows: NonNullable<Report['refused_rows']> }) {
  return (
    <>
      <Title order={3} mt="lg" mb={4}>
        {words.refusedTitle}
      </Title>
      <div className={classes.scroll}>
        <Table aria-label={words.refusedTitle} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {Object.values(words.refusedColumns).map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ table, key, reason }, at) => (
              <Table.Tr key={at}>
                <Table.Th scope="row" className={classes.name}>
                  <Name>{table}</Name>
                </Table.Th>
                <Table.Td className={classes.name}>{key ?? '–'}</Table.Td>
                <Table.Td>{capital(reason)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  );
}
