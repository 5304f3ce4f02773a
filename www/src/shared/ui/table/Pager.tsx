import { Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { PagedList } from '@/shared/api';
import { texts } from '@/shared/texts';
import classes from './DataTable.module.css';

/** Nothing while one page holds all. */
export function Pager<Row>({ list, label }: { list: PagedList<Row>; label: string }) {
  if (!list.next && !list.previous && !list.isChanging) return null;
  return (
    <nav className={classes.pager} aria-label={texts.table.pages(label)}>
      <span aria-live="polite">{texts.table.page(list.state.page)}</span>
      <Button size="xs" variant="default" disabled={!list.previous} onClick={list.previous} leftSection={<IconChevronLeft size={14} aria-hidden />}>
        {texts.table.previous}
      </Button>
      <Button size="xs" variant="default" disabled={!list.next} onClick={list.next} rightSection={<IconChevronRight size={14} aria-hidden />}>
        {texts.table.next}
      </Button>
    </nav>
  );
}
