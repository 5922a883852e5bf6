import { defineMessages } from '@openedx/frontend-base';

const messages = defineMessages({
  overview: { id: 'learnerData.overview', defaultMessage: 'Overview', description: 'Tab with numbers about a course' },
  reports: { id: 'learnerData.reports', defaultMessage: 'Reports', description: 'Tab where reports are made and downloaded' },
  more: { id: 'learnerData.more', defaultMessage: 'Learners and more', description: 'Tab with the whole page of learner data' },
  title: { id: 'learnerData.title', defaultMessage: 'Learner Data', description: 'Name of the plugin, and title of its frame' },
  loading: { id: 'learnerData.loading', defaultMessage: 'Loading', description: 'Read out while something loads' },
  failed: {
    id: 'learnerData.failed',
    defaultMessage: 'This could not be loaded. Please try again.',
    description: 'Shown when the LMS did not answer',
  },
  tryAgain: { id: 'learnerData.tryAgain', defaultMessage: 'Try again', description: 'Button after a failure' },
  enrolled: { id: 'learnerData.enrolled', defaultMessage: 'Enrolled now', description: 'Number of learners in a course' },
  active: { id: 'learnerData.active', defaultMessage: 'Active', description: 'Number of learners active in a week' },
  watched: { id: 'learnerData.watched', defaultMessage: 'Watched a video', description: 'Number of learners in a week' },
  tried: { id: 'learnerData.tried', defaultMessage: 'Tried a problem', description: 'Number of learners in a week' },
  discussed: {
    id: 'learnerData.discussed', defaultMessage: 'Took part in discussions', description: 'Number of learners in a week',
  },
  week: {
    id: 'learnerData.week',
    defaultMessage: 'In the week of {date}',
    description: 'Under a number: the Monday on which the last complete week began',
  },
  notKnown: { id: 'learnerData.notKnown', defaultMessage: 'Not known', description: 'In place of a number' },
  report: { id: 'learnerData.report', defaultMessage: 'Report', description: 'Label of a choice' },
  format: { id: 'learnerData.format', defaultMessage: 'Format', description: 'Label of a choice' },
  purpose: { id: 'learnerData.purpose', defaultMessage: 'What is it for?', description: 'Label of a field' },
  purposeHelp: {
    id: 'learnerData.purposeHelp',
    defaultMessage: 'This site asks for the purpose: 10 characters or more.',
    description: 'Help of a field',
  },
  create: { id: 'learnerData.create', defaultMessage: 'Create report', description: 'Button' },
  started: {
    id: 'learnerData.started',
    defaultMessage: 'The report is being created. You can leave this page while it runs.',
    description: 'Shown after a report was requested',
  },
  running: {
    id: 'learnerData.running',
    defaultMessage: '{report}: {done, number} of {total, number} rows',
    description: 'Progress of a report',
  },
  waiting: { id: 'learnerData.waiting', defaultMessage: '{report}: waiting to start', description: 'Progress of a report' },
  stale: {
    id: 'learnerData.stale', defaultMessage: '{report}: has stopped responding', description: 'Progress of a report',
  },
  ended: { id: 'learnerData.ended', defaultMessage: '{report}: finished', description: 'Progress of a report' },
  broken: { id: 'learnerData.broken', defaultMessage: '{report}: failed. {reason}', description: 'Progress of a report' },
  files: { id: 'learnerData.files', defaultMessage: 'Finished files', description: 'Heading of a table' },
  file: { id: 'learnerData.file', defaultMessage: 'File', description: 'Head of a column' },
  created: { id: 'learnerData.created', defaultMessage: 'Created', description: 'Head of a column' },
  size: { id: 'learnerData.size', defaultMessage: 'Size', description: 'Head of a column' },
  noFiles: { id: 'learnerData.noFiles', defaultMessage: 'There are no reports yet.', description: 'In place of a table' },
  profile: { id: 'learnerData.profile', defaultMessage: 'Profile information', description: 'Name of a report' },
  anonymized_ids: { id: 'learnerData.anonymizedIds', defaultMessage: 'Anonymized IDs', description: 'Name of a report' },
  engagement_daily: {
    id: 'learnerData.engagementDaily', defaultMessage: 'Learner engagement (day)', description: 'Name of a report',
  },
  engagement_weekly: {
    id: 'learnerData.engagementWeekly', defaultMessage: 'Learner engagement (week)', description: 'Name of a report',
  },
  research: { id: 'learnerData.research', defaultMessage: 'Research export', description: 'Name of a report' },
});

export default messages;
