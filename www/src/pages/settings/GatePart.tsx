import { Select, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useAllDatabases } from '@/entities/database';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { CopyText } from '@/shared/ui';
import { Part } from './Part';

const words = settingsTexts.gate;

export function GatePart() {
  const databases = useAllDatabases().data;
  const [id, setId] = useState<string | null>(null);
  const database = databases?.find((each) => each.id === id) ?? (databases?.length === 1 ? databases[0] : undefined);
  return (
    <Part title={words.title} lead={words.lead}>
      {databases?.length === 0 ? (
        <Text>{words.noDatabases}</Text>
      ) : (
        <Select
          label={words.database}
          placeholder={words.choose}
          data={(databases ?? []).map((each) => ({ value: each.id, label: `${each.name} (${each.server_name})` }))}
          value={database?.id ?? null}
          onChange={setId}
          searchable
          maw="24rem"
        />
      )}
      {database && (
        <Stack gap="sm">
          <Title order={3}>{words.once}</Title>
          <CopyText label={words.onceLabel} text="include holdfast-gate-http.conf;" />
          <Title order={3}>{words.site}</Title>
          <CopyText
            label={words.siteLabel}
            text={`${words.comment(database.name, database.server_name)}\nset $holdfast_database ${database.id};\ninclude holdfast-gate.conf;`}
          />
          <Title order={3}>{words.try}</Title>
          <CopyText label={words.tryLabel} text="nginx -t && systemctl reload nginx" />
        </Stack>
      )}
    </Part>
  );
}
