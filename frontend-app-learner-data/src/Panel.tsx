import { useIntl } from '@openedx/frontend-base';
import { Tab, Tabs } from '@openedx/paragon';
import { useState } from 'react';
import { useParams } from 'react-router-dom';

import { Frame } from './Frame.js';
import messages from './messages.js';
import { Overview } from './Overview.js';
import { Reports } from './Reports.js';

/** Learner data of the course that the dashboard is open for. What has no part here yet is in a frame, under the last tab. */
export function Panel() {
  const { courseId = '' } = useParams();
  const { formatMessage } = useIntl();
  const [open, setOpen] = useState('overview');

  return (
    <Tabs id="learner-data-tabs" activeKey={open} onSelect={(key: string | null) => setOpen(key ?? 'overview')} mountOnEnter>
      <Tab eventKey="overview" title={formatMessage(messages.overview)}>
        <Overview courseId={courseId} />
      </Tab>
      <Tab eventKey="reports" title={formatMessage(messages.reports)}>
        <Reports courseId={courseId} />
      </Tab>
      <Tab eventKey="more" title={formatMessage(messages.more)}>
        <Frame courseId={courseId} />
      </Tab>
    </Tabs>
  );
}
