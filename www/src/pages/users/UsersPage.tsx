import { Tabs } from '@mantine/core';
import { useNavigate, useParams } from 'react-router-dom';
import { useMay, useMe } from '@/entities/me';
import { people as peopleTexts } from '@/shared/texts/people';
import { NotYours, Page } from '@/shared/ui';
import { AccountsTab } from './AccountsTab';
import { OrganizationsTab } from './OrganizationsTab';
import { TokensTab } from './TokensTab';
import { UsersTab } from './UsersTab';

const words = peopleTexts;
const TABS = [
  { name: 'users', Content: UsersTab, needs: 'administrator' },
  { name: 'tokens', Content: TokensTab, needs: 'administrator' },
  { name: 'accounts', Content: AccountsTab, needs: 'owner' },
  { name: 'organizations', Content: OrganizationsTab, needs: 'owner' },
] as const;

/** Each tab has an address of its own, with its own filters. */
export function UsersPage() {
  const me = useMe();
  const mayHere = useMay('administrator');
  const navigate = useNavigate();
  const { tab } = useParams();
  const tabs = TABS.filter(({ needs }) => (needs === 'owner' ? me.is_owner : me.organization !== null && mayHere));
  const shown = tabs.find(({ name }) => name === tab) ?? tabs[0];
  if (!shown) {
    return (
      <Page title={words.title}>
        <NotYours words={words.viewer} />
      </Page>
    );
  }
  return (
    <Page title={words.title} description={words.lead}>
      <Tabs
        value={shown.name}
        keepMounted={false}
        onChange={(name) => {
          navigate(`/users/${name ?? ''}`);
        }}
      >
        <Tabs.List>
          {tabs.map(({ name }) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ name, Content }) => (
          <Tabs.Panel key={name} value={name} pt="md">
            <Content />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
