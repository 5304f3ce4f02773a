import { Modal, Text } from '@mantine/core';
import { IconBuilding, IconEye, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useChooseOrganization, useMe } from '@/entities/me';
import { useDeleteOrganization, useOrganizationPage } from '@/entities/person';
import type { Organization } from '@/entities/person';
import { useListState } from '@/shared/api';
import { people as peopleTexts } from '@/shared/texts/people';
import { ClearFilters, ConfirmDialog, DataTable, EmptyState, notifyDone, notifyProblem, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { OrganizationForm } from './OrganizationForm';
import { TabHead } from './TabHead';

const words = peopleTexts.organizations;

export function OrganizationsTab() {
  const me = useMe();
  const navigate = useNavigate();
  const state = useListState({ sort: 'name' });
  const list = useOrganizationPage(state);
  const choose = useChooseOrganization();
  const remove = useDeleteOrganization();
  const [edited, setEdited] = useState<Organization | 'new' | null>(null);
  const [removed, setRemoved] = useState<Organization | null>(null);
  const organization = edited === 'new' || edited === null ? undefined : edited;
  const close = () => {
    setEdited(null);
  };
  const lookAt = ({ id }: Organization) => {
    choose.mutate(id, {
      onSuccess: () => {
        navigate('/');
      },
      onError: notifyProblem,
    });
  };
  const columns: Column<Organization>[] = [
    {
      key: 'name',
      title: peopleTexts.name,
      sort: 'name',
      cell: ({ id, name }) => (
        <>
          <Text inherit fw={550} component="span">
            {name}
          </Text>
          {id === me.organization?.id && <Text inherit component="span" c="dimmed">{` (${words.current})`}</Text>}
        </>
      ),
    },
    { key: 'created', title: peopleTexts.created, sort: 'created_at', cell: (each) => <span><When at={each.created_at} /> <Text component="span" c="dimmed" size="sm">{peopleTexts.by(each.created_by)}</Text></span> },
  ];
  return (
    <>
      <TabHead
        lead={words.lead}
        add={words.add}
        onAdd={() => {
          setEdited('new');
        }}
      />
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={({ name }) => name}
        actions={() => [
          { label: words.open, icon: <IconEye size={16} />, onClick: lookAt },
          { label: words.rename, icon: <IconPencil size={16} />, onClick: setEdited },
          { label: words.remove, icon: <IconTrash size={16} />, isDangerous: true, onClick: setRemoved },
        ]}
        toolbar={
          <>
            <TableSearch state={state} />
            <ClearFilters state={state} />
          </>
        }
        empty={<EmptyState icon={IconBuilding} title={words.empty.title}>{words.empty.body}</EmptyState>}
      />
      <Modal opened={edited !== null} onClose={close} title={organization ? words.renameTitle(organization.name) : words.add}>
        <OrganizationForm organization={organization} onClose={close} />
      </Modal>
      <ConfirmDialog
        opened={removed !== null}
        onClose={() => {
          setRemoved(null);
        }}
        title={words.removal.title(removed?.name ?? '')}
        confirm={words.remove}
        isDangerous
        typeName={removed?.name ?? ''}
        onConfirm={async () => {
          if (!removed) return;
          await remove.mutateAsync(removed);
          notifyDone(words.removal.done(removed.name));
        }}
      >
        {words.removal.body}
      </ConfirmDialog>
    </>
  );
}
