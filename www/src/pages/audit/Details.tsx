import { Code } from '@mantine/core';
import type { AuditEvent } from '@/entities/audit';
import { utc } from '@/shared/lib/time';
import { texts } from '@/shared/texts';
import { Facts } from '@/shared/ui';

const words = texts.audit.details;

export function Details({ event, kind }: { event: AuditEvent; kind: string }) {
  return (
    <Facts
      items={[
        [words.exact, utc(event.at)],
        [words.actor, event.actor],
        [words.action, event.action],
        [words.kind, kind],
        [words.name, event.object_name || words.none],
        [words.id, event.object_id ? <Code key="id">{event.object_id}</Code> : words.none],
        [texts.audit.outcome, texts.audit.outcomes[event.outcome]],
        [words.address, event.address || words.none],
        [words.detail, event.detail || words.none],
        [words.number, event.id],
        [words.hash, <Code key="hash">{event.hash}</Code>],
      ]}
    />
  );
}
