import { Anchor, Code, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { useMe } from '@/entities/me';
import { texts } from '@/shared/texts';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { people as peopleTexts } from '@/shared/texts/people';
import { Facts, When } from '@/shared/ui';
import { Part } from './Part';

const words = settingsTexts.organization;

export function OrganizationPart() {
  const me = useMe();
  if (!me.organization) return null;
  const { id, name, created_at, created_by } = me.organization;
  return (
    <Part title={words.title}>
      <Facts
        items={[
          [words.name, name],
          [words.id, <Code key="id">{id}</Code>],
          [words.created, <span key="at"><When at={created_at} as="local" /> {peopleTexts.by(created_by)}</span>],
          [words.yours, `${texts.shell.account.role[me.role]}${me.is_owner ? ` · ${texts.shell.account.owner}` : ''}`],
        ]}
      />
      {me.is_owner && (
        <Text>
          <Anchor component={Link} to="/users/organizations">
            {words.more}
          </Anchor>
        </Text>
      )}
    </Part>
  );
}
