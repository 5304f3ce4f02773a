import { Table, Title } from '@mantine/core';
import { isBlocking } from '@/entities/migration';
import type { Assessment, ValueChoice } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, Status, Surface } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.report;
type Finding = Assessment['findings'][number];
const kinds = migrations.what.valueKinds as Record<string, string>;

/** Values that do not fit as they are: those that stand in the way first. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) {
    return (
      <Surface label={words.awkward}>
        <Status tone="ok" plain>
          {words.awkwardNone}
        </Status>
      </Surface>
    );
  }
  const columns = words.awkwardColumns;
  const sorted = [...findings].sort((one, other) => Number(isBlocking(other)) - Number(isBlocking(one)));
  return (
    <Surface label={words.awkward}>
      <Title order={2} mb="sm">
        {words.awkward}
      </Title>
      <div className={classes.scroll}>
        <Table aria-label={words.awkward} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {Object.values(columns).map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((finding) => (
              <Line key={[finding.kind, finding.table, finding.column, finding.key].join(' ')} finding={finding} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Surface>
  );
}

function Line({ finding }: { finding: Finding }) {
  const stops = isBlocking(finding);
  return (
    <Table.Tr>
      <Table.Td>{kinds[finding.kind] ?? capital(finding.kind)}</Table.Td>
      <Table.Th scope="row" className={classes.name}>
        <Name>{[finding.table, finding.column ?? finding.key].filter(Boolean).join('.')}</Name>
      </Table.Th>
      <Table.Td className="tabular">{count(finding.rows)}</Table.Td>
      <Table.Td className={classes.name}>{finding.examples.join(', ') || '–'}</Table.Td>
      <Table.Td>
        <Status tone={stops ? 'bad' : finding.choice ? 'warn' : 'quiet'} plain>
          {stops ? words.stops : finding.choice ? migrations.what.choices[finding.choice as ValueChoice] : words.noChoice}
        </Status>
      </Table.Td>
    </Table.Tr>
  );
}
