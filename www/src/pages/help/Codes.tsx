import { Code, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router-dom';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import classes from './Codes.module.css';

const words = texts.help.codes;

/** Each has an address: /help#wrong-key. */
export function Codes() {
  const { hash } = useLocation();
  const [search, setSearch] = useState('');
  const asked = search.trim().toLowerCase();
  const found = Object.entries(words.all).filter(([code, { title, means, todo }]) => `${code} ${title} ${means} ${todo}`.toLowerCase().includes(asked));
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);
  return (
    <Surface label={words.title} id="codes">
      <Title order={2}>{words.title}</Title>
      <Text c="dimmed" mb="sm">
        {words.lead}
      </Text>
      <TextInput
        type="search"
        label={words.search}
        value={search}
        leftSection={<IconSearch size={16} aria-hidden />}
        maw="20rem"
        mb="md"
        onChange={(event) => {
          setSearch(event.currentTarget.value);
        }}
      />
      {found.length === 0 && <Text c="dimmed">{words.nothing}</Text>}
      {found.length > 0 && (
        <dl className={classes.codes}>
          {found.map(([code, { title, means, todo }]) => (
            <div key={code} id={code}>
              <dt>
                <Code>{code}</Code>
                <Text size="sm" mt={4}>
                  {title}
                </Text>
              </dt>
              <dd>
                <Text>{means}</Text>
                <Text size="sm" c="dimmed" mt={4}>
                  <b>{words.todo}:</b> {todo}
                </Text>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Surface>
  );
}
