import { useIntl } from '@openedx/frontend-base';
import { Card, Spinner } from '@openedx/paragon';
import { useCallback } from 'react';

import { readStatistics, readWeeks } from './api.js';
import messages from './messages.js';
import { Trouble } from './Trouble.js';
import { usePolled } from './usePolled.js';

const COUNTING_PAUSE = 3_000; // a large course is counted in the background

interface TileProps {
  name: string,
  count: number | null | undefined,
  note: string,
}

function Tile({ name, count, note }: TileProps) {
  const { formatMessage, formatNumber } = useIntl();
  const isKnown = typeof count === 'number';
  return (
    <Card className="p-3 mr-3 mb-3" style={{ minWidth: '11rem', width: 'auto' }}>
      <dt className="small font-weight-normal">{name}</dt>
      <dd className="h2 mb-0">{isKnown ? formatNumber(count) : formatMessage(messages.notKnown)}</dd>
      {note && <dd className="small mb-0">{note}</dd>}
    </Card>
  );
}

/** How many are enrolled, and what they did in the last complete week. */
export function Overview({ courseId }: { courseId: string }) {
  const { formatDate, formatMessage } = useIntl();
  const read = useCallback(
    async () => {
      const [statistics, weeks] = await Promise.all([readStatistics(courseId), readWeeks(courseId)]);
      return { statistics, week: weeks.filter((week) => week.complete).at(-1) };
    },
    [courseId],
  );
  const { value, error, refresh } = usePolled(
    read, (known) => (known && known.statistics.generated === null ? COUNTING_PAUSE : null),
  );

  if (error) {
    return <Trouble error={error} onTryAgain={refresh} />;
  }
  if (!value) {
    return <Spinner animation="border" className="mt-4" screenReaderText={formatMessage(messages.loading)} />;
  }
  const { statistics, week } = value;
  const note = week
    ? formatMessage(messages.week, { date: formatDate(week.week, { dateStyle: 'medium', timeZone: 'UTC' }) })
    : '';
  return (
    <dl className="d-flex flex-wrap mt-4 mb-0">
      <Tile name={formatMessage(messages.enrolled)} count={statistics.learner_count} note="" />
      <Tile name={formatMessage(messages.active)} count={week?.active} note={note} />
      <Tile name={formatMessage(messages.watched)} count={week?.watched_video} note={note} />
      <Tile name={formatMessage(messages.tried)} count={week?.tried_problem} note={note} />
      <Tile name={formatMessage(messages.discussed)} count={week?.discussed} note={note} />
    </dl>
  );
}
