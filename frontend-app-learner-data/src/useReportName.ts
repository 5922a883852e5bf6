import { useIntl } from '@openedx/frontend-base';

import { REPORTS } from './api.js';
import messages from './messages.js';

type KnownReport = typeof REPORTS[number];

/** Returns what a report is called for people; one that the panel does not know, such as another plugin's, by its own name. */
export function useReportName(): (report: string) => string {
  const { formatMessage } = useIntl();
  return (report) => (REPORTS.includes(report as KnownReport) ? formatMessage(messages[report as KnownReport]) : report);
}
