import { Table, Text, Title } from '@mantine/core';
import type { Report } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, Status } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.proof;
const SHOWN = 200;
type Moved = NonNullable<Report['moved']>[number];

/** Each table with its rows and its digest, which is of both sides where they are equal. */
export function MovedTables({ moved }: { moved: readonly Moved[] }) {
  const sorted = [...moved].sort((one, other) => Number(one.equal) - Number(other.equal));
  return (
    <>
      <Title order={3} mt="lg" mb={4}>
        {words.tables}
      </Title>
      <div className={classes.scroll}>
        <Table aria-label={words.tables} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {Object.values(words.columns).map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.slice(0, SHOWN).map((each) => (
              <Table.Tr key={each.table}>
                <Table.Th scope="row" className={classes.name}>
                  <Name>{each.table}</Name>
                </Table.Th>
                <Table.Td className={classes.name}>{each.to}</Table.Td>
                <Table.Td className="tabular">{count(each.source.rows)}</Table.Td>
                <Table.Td className={classes.digest}>{each.source.digest}</Table.Td>
                <Table.Td>
                  <Compared moved={each} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {moved.length > SHOWN && (
        <Text size="sm" c="dimmed" mt="xs">
          {migrations.report.shown(count(SHOWN), count(moved.length))}
        </Text>
      )}
    </>
  );
}

function Compared({ moved: { equal, difference } }: { moved: Moved }) {
  return (
    <>
      <Status tone={equal ? 'ok' : difference ? 'bad' : 'quiet'} plain>
        {equal ? words.same : difference ? words.different : words.notRead}
      </Status>
      {difference && <Text size="sm">{capital(difference)}</Text>}
    </>
  );
}
