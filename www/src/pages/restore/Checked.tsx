import { Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useBackup } from '@/entities/backup';
import { useDatabase } from '@/entities/database';
import { needsKey, useAllKeys } from '@/entities/key';
import { isWarning, lacksRoles } from '@/entities/restore';
import type { Finding, Preflight, PreflightResult } from '@/entities/restore';
import { inPage } from '@/shared/lib/inPage';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import { Status, Surface } from '@/shared/ui';
import { BackupCard } from './BackupCard';
import { Confirm } from './Confirm';
import { Impact } from './Impact';
import { KeyAgain } from './KeyAgain';
import classes from './RestorePage.module.css';
import { RolesAgain } from './RolesAgain';

const words = texts.restore.check;

interface CheckedProps {
  preflight: Preflight;
  result: PreflightResult;
  identity: string;
  onChecked: (preflightId: string, identity: string) => void;
}

/** What the check says, what the restore would mean, and the way to do it. */
export function Checked({ preflight, result, identity, onChecked }: CheckedProps) {
  const { request } = preflight;
  const backup = useBackup(request.backup_id).data;
  const database = useDatabase(request.database_id).data;
  const keys = useAllKeys().data;
  const name = request.database_name ?? database?.name;
  const lacksKey = backup && keys ? needsKey(backup.fingerprints, keys) && !identity : false;
  return (
    <Stack>
      {backup && <BackupCard backup={backup} />}
      <Findings result={result} />
      {!result.ok && lacksRoles(result.findings) && <RolesAgain request={request} identity={identity} onChecked={onChecked} />}
      {isOfKey(result) && <KeyAgain request={request} onChecked={onChecked} />}
      {result.ok && backup && <Impact backup={backup} database={database} request={request} />}
      {result.ok && name && <Confirm preflight={preflight} name={name} identity={identity} lacksKey={lacksKey} />}
    </Stack>
  );
}

/** No key opened the file, or the one that was pasted is none. */
function isOfKey({ ok, code, message }: PreflightResult): boolean {
  return !ok && (code === 'wrong-key' || /\bidentity\b/.test(message ?? ''));
}

function Findings({ result }: { result: PreflightResult }) {
  const findings = [...result.findings].sort((one, other) => Number(other.fatal) - Number(one.fatal));
  return (
    <Surface label={words.findings}>
      <div role="status">
        <Title order={2} mb={4}>
          <Status tone={result.ok ? 'ok' : 'bad'} plain>
            <span className={classes.verdict}>{result.ok ? words.ok : words.notOk}</span>
          </Status>
        </Title>
      </div>
      <Text c="dimmed">{result.ok ? words.okBody : words.notOkBody}</Text>
      {findings.length > 0 && (
        <ul className={classes.findings} aria-label={words.findings}>
          {findings.map((finding) => (
            <FindingLine key={finding.text} finding={finding} />
          ))}
        </ul>
      )}
    </Surface>
  );
}

function FindingLine({ finding }: { finding: Finding }) {
  const isLoss = isWarning(finding.text);
  const Icon = finding.fatal ? IconCircleX : isLoss ? IconAlertTriangle : IconInfoCircle;
  return (
    <li data-tone={finding.fatal ? 'bad' : isLoss ? 'warn' : 'quiet'}>
      <Icon size={18} aria-hidden />
      <span>
        <span className="mantine-visually-hidden">{finding.fatal ? words.stop : words.note}: </span>
        {capital(inPage(finding.text, 'preflight'))}
      </span>
    </li>
  );
}
