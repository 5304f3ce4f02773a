import { Alert, Button, Checkbox, Group, Loader, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { isEnded, useWatchedJob } from '@/entities/job';
import { useReport } from '@/entities/migration';
import { useImport, usePreview } from '@/entities/table-file';
import type { ImportReport, ImportRequest } from '@/entities/table-file';
import { WrongLines } from '@/features/import-report';
import { newKey } from '@/shared/api';
import { inPage } from '@/shared/lib/inPage';
import { tables } from '@/shared/texts/tables';
import { notifyDone, ProblemAlert, Surface } from '@/shared/ui';
import { learn } from './form';
import type { Form, Known } from './form';
import { HowRead } from './HowRead';
import classes from './ImportPage.module.css';

const words = tables.import;
const MAX_WRONG = 1000;

interface MatchStepProps {
  asked: ImportRequest;
  file: string;
  onBack: () => void;
}

/** How the file is read, what it has, where its columns go, and what would come of it; as often as it takes. */
export function MatchStep({ asked, file, onBack }: MatchStepProps) {
  const preview = usePreview();
  const [form, setForm] = useState<Form>({});
  const [body, setBody] = useState(asked);
  const [known, setKnown] = useState<Known>();
  const begun = useRef(false);
  const job = useWatchedJob(preview.data?.job_id).data?.job;
  const isOver = job !== undefined && job.id === preview.data?.job_id && isEnded(job.state);
  const report = useReport(isOver && job.state === 'succeeded' ? job.id : undefined).data?.import;
  if (report && report !== known?.report) setKnown(learn(report, form, known));
  const look = (how: Form, columns?: Record<string, string>) => {
    const next = { ...asked, ...how, ...(columns ? { columns } : {}) };
    setBody(next);
    preview.mutate({ body: next, key: newKey() });
  };
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    preview.mutate({ body: asked, key: newKey() });
  }, [asked, preview]);
  return (
    <Stack>
      <HowRead
        file={file}
        form={form}
        known={known}
        onChange={(how) => {
          setForm(how);
          look(how); // other columns, maybe: those that were matched are none of these
        }}
      />
      <ProblemAlert error={preview.error} />
      {isOver && job.error && (
        <Alert color="red" title={words.failed}>
          {inPage(job.error.message, job.kind)}
        </Alert>
      )}
      {report ? (
        <Matched
          key={job?.id}
          report={report}
          isOk={job?.result?.ok === true}
          body={body}
          file={file}
          onLook={(columns) => {
            look(form, columns);
          }}
        />
      ) : (
        !preview.error &&
        !isOver && (
          <Group gap="sm" role="status">
            <Loader size="sm" />
            <Text c="dimmed">{words.looking}</Text>
          </Group>
        )
      )}
      <Group>
        <Button variant="default" onClick={onBack}>
          {words.other}
        </Button>
      </Group>
    </Stack>
  );
}

interface MatchedProps {
  report: ImportReport;
  isOk: boolean;
  body: ImportRequest;
  file: string;
  onLook: (columns: Record<string, string>) => void;
}

function Matched({ report, isOk, body, file, onLook }: MatchedProps) {
  const navigate = useNavigate();
  const start = useImport();
  const [key] = useState(newKey);
  const [aside, setAside] = useState(false);
  const [to, setTo] = useState(() => report.fields.map((field) => field.to ?? ''));
  const isChanged = report.fields.some((field, i) => (field.to ?? '') !== to[i]);
  const choices = report.columns.filter(({ generated }) => !generated).map(({ name, type }) => ({ value: name, label: `${name} (${type})` }));
  const columns = () => Object.fromEntries(report.fields.map(({ name }, i) => [name, to[i] ?? '']));
  const go = () => {
    start.mutate(
      { body: { ...body, ...(aside ? { wrong_limit: MAX_WRONG } : {}) }, key },
      {
        onSuccess: ({ job_id }) => {
          notifyDone(words.begun(file));
          void navigate(`/jobs/${job_id}`);
        },
      },
    );
  };
  return (
    <>
      {report.message && (
        <Alert color="yellow" title={words.no}>
          {inPage(report.message, 'import')}
        </Alert>
      )}
      <Surface label={words.match}>
        <Stack>
          <div>
            <Title order={2}>{words.match}</Title>
            <Text c="dimmed" size="sm">
              {words.matchHint}
            </Text>
          </div>
          <Table aria-label={words.match}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{words.columns.field}</Table.Th>
                <Table.Th scope="col">{words.columns.to}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {report.fields.map(({ name }, i) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row" className={classes.name}>
                    {name}
                  </Table.Th>
                  <Table.Td>
                    <Select
                      aria-label={words.to(name)}
                      data={choices}
                      value={to[i] === '' ? null : (to[i] ?? null)}
                      placeholder={words.nowhere}
                      clearable
                      searchable
                      onChange={(chosen) => {
                        setTo(to.map((each, at) => (at === i ? (chosen ?? '') : each)));
                      }}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {report.by_default.length > 0 && <Text size="sm">{words.byDefault(report.by_default.join(', '))}</Text>}
          {isChanged && <Text size="sm">{words.changed}</Text>}
          <Group>
            <Button
              variant="default"
              onClick={() => {
                onLook(columns());
              }}
            >
              {words.again}
            </Button>
          </Group>
        </Stack>
      </Surface>
      <WrongLines report={report} file={file} />
      {report.rows.length > 0 && <Rows report={report} />}
      <ProblemAlert error={start.error} />
      <Group justify="flex-end">
        {body.database_id && ( // SQL Server takes all of a file, or nothing
          <Checkbox
            label={words.aside}
            checked={aside}
            onChange={(event) => {
              setAside(event.currentTarget.checked);
            }}
          />
        )}
        <Button onClick={go} loading={start.isPending} disabled={report.message !== null || isChanged || (!isOk && !aside)}>
          {words.go}
        </Button>
      </Group>
    </>
  );
}

function Rows({ report }: { report: ImportReport }) {
  return (
    <Surface label={words.rows}>
      <Title order={2} mb="sm">
        {words.rows}
      </Title>
      <div className={classes.rows} tabIndex={0} role="group" aria-label={words.rows}>
        <Table aria-label={words.rows}>
          <Table.Thead>
            <Table.Tr>
              {report.matches.map(({ to }) => (
                <Table.Th key={to} scope="col">
                  {to}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.rows.map((row, i) => (
              <Table.Tr key={i}>
                {row.map((value, at) => (
                  <Table.Td key={report.matches[at]?.to}>{value ?? <Text span c="dimmed">{words.nothing}</Text>}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Surface>
  );
}
