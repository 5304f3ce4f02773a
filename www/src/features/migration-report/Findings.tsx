import { Title } from '@mantine/core';
import type { Assessment, ValueChoice } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, PlainTable, Status, Surface } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.report;
const titles = words.awkwardColumns;
type Finding = Assessment['findings'][number];
const kinds = migrations.what.valueKinds as Record<string, string>;
const whereOf = ({ table, column, key }: Finding) => [table, column ?? key].filter(Boolean).join('.');

const columns: readonly Column<Finding>[] = [
  { key: 'what', title: titles.what, cell: ({ kind }) => kinds[kind] ?? capital(kind) },
  { key: 'where', title: titles.where, cell: (finding) => <Name>{whereOf(finding)}</Name> },
  { key: 'rows', title: titles.rows, align: 'right', cell: ({ rows }) => <span className="tabular">{count(rows)}</span> },
  { key: 'examples', title: titles.examples, cell: ({ examples }) => <span className={classes.breaks}>{examples.join(', ') || '–'}</span> },
  { key: 'becomes', title: titles.becomes, cell: (finding) => <Becomes finding={finding} /> },
];

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
  const sorted = [...findings].sort((one, other) => Number(other.blocks) - Number(one.blocks));
  return (
    <Surface flush label={words.awkward}>
      <Title order={2} className={classes.title}>
        {words.awkward}
      </Title>
      <PlainTable label={words.awkward} columns={columns} rows={sorted} keyOf={(finding) => `${finding.kind} ${whereOf(finding)}`} />
    </Surface>
  );
}

function Becomes({ finding }: { finding: Finding }) {
  return (
    <Status tone={finding.blocks ? 'bad' : finding.choice ? 'warn' : 'quiet'} plain>
      {finding.blocks ? words.stops : finding.choice ? migrations.what.choices[finding.choice as ValueChoice] : words.noChoice}
    </Status>
  );
}
