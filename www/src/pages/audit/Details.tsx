import { Anchor, Code } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { AuditEvent } from '@/entities/audit';
import { utc } from '@/shared/lib/time';
import { audit as auditTexts } from '@/shared/texts/audit';
import { Facts } from '@/shared/ui';

const words = auditTexts.details;

export function Details({ event, kind, action }: { event: AuditEvent; kind: string; action: string }) {
  const job = /^job ([0-9a-f-]{36})/.exec(event.detail)?.[1];
  return (
    <Facts
      items={[
        [words.exact, utc(event.at)],
        [words.actor, event.actor],
        [words.action, action === event.action ? action : `${action} (${event.action})`],
        [words.kind, kind],
        [words.name, event.object_name || words.none],
        [words.id, event.object_id ? <Code key="id">{event.object_id}</Code> : words.none],
        [auditTexts.outcome, auditTexts.outcomes[event.outcome]],
        [words.address, event.address || words.none],
        [words.detail, event.detail || words.none],
        ...(job ? [[words.job, <Anchor key="job" component={Link} to={`/jobs/${job}`}>{words.openJob}</Anchor>] as const] : []),
        [words.number, event.id],
        [words.hash, <Code key="hash">{event.hash}</Code>],
      ]}
    />
  );
}
