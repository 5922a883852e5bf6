import { useIntl } from '@openedx/frontend-base';
import { Alert, Button, Form, ProgressBar } from '@openedx/paragon';
import { ChangeEvent, FormEvent, useCallback, useEffect, useRef, useState } from 'react';

import { FORMATS, isRunning, readFiles, readTasks, refusalOf, REPORTS, requestReport, Task } from './api.js';
import { Files } from './Files.js';
import messages from './messages.js';
import { Trouble } from './Trouble.js';
import { usePolled } from './usePolled.js';
import { useReportName } from './useReportName.js';

const RUNNING_PAUSE = 1_000;
const IDLE_PAUSE = 15_000;
const PURPOSE_LENGTH = 10;

function Progress({ task }: { task: Task }) {
  const { formatMessage } = useIntl();
  const report = useReportName()(task.report);
  let text = formatMessage(messages.waiting, { report });
  if (task.state === 'SUCCESS') {
    text = formatMessage(messages.ended, { report });
  } else if (!isRunning(task)) {
    text = formatMessage(messages.broken, { report, reason: task.message });
  } else if (task.stale) {
    text = formatMessage(messages.stale, { report });
  } else if (task.total !== null) {
    text = formatMessage(messages.running, { report, done: task.done ?? 0, total: task.total });
  }
  return (
    <li className="mb-3">
      <span>{text}</span>
      {isRunning(task) && <ProgressBar now={task.percent ?? 0} aria-label={text} />}
    </li>
  );
}

/** Having a report made, how far those are that are being made, and the files that are there. */
export function Reports({ courseId }: { courseId: string }) {
  const { formatMessage } = useIntl();
  const reportName = useReportName();
  const tasks = usePolled(
    useCallback(() => readTasks(courseId), [courseId]),
    (value) => (value?.some(isRunning) ? RUNNING_PAUSE : IDLE_PAUSE),
  );
  const files = usePolled(useCallback(() => readFiles(courseId), [courseId]), () => null);
  const [choice, setChoice] = useState({ report: 'profile', format: 'csv', purpose: '' });
  const [requested, setRequested] = useState<{ error: unknown, isStarted: boolean }>({ error: null, isStarted: false });
  const [asksPurpose, setAsksPurpose] = useState(false);
  const [isBusy, setIsBusy] = useState(false);

  const running = (tasks.value ?? []).filter(isRunning).map((task) => task.task_id).join();
  const ranBefore = useRef('');
  const refreshFiles = files.refresh;
  useEffect(() => {
    if (ranBefore.current.split(',').some((id) => id && !running.split(',').includes(id))) {
      refreshFiles();
      setRequested(({ error }) => ({ error, isStarted: false }));
    }
    ranBefore.current = running;
  }, [running, refreshFiles]);

  const choose = (name: keyof typeof choice) => (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => {
    setChoice((before) => ({ ...before, [name]: event.target.value }));
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    try {
      await requestReport(courseId, choice.report, choice.format, choice.purpose.trim());
      setRequested({ error: null, isStarted: true });
      await tasks.refresh();
    } catch (error) {
      setAsksPurpose((asks) => asks || refusalOf(error).code === 'purpose_required');
      setRequested({ error, isStarted: false });
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <div className="mt-4">
      <Form onSubmit={submit} className="d-flex flex-wrap align-items-end">
        <Form.Group controlId="learner-data-report" className="mr-3">
          <Form.Label>{formatMessage(messages.report)}</Form.Label>
          <Form.Control
            as="select"
            value={choice.report}
            onChange={choose('report')}
          >
            {REPORTS.map((report) => <option key={report} value={report}>{reportName(report)}</option>)}
          </Form.Control>
        </Form.Group>
        <Form.Group controlId="learner-data-format" className="mr-3">
          <Form.Label>{formatMessage(messages.format)}</Form.Label>
          <Form.Control
            as="select"
            value={choice.format}
            onChange={choose('format')}
          >
            {FORMATS.map((format) => <option key={format} value={format}>{format.toUpperCase()}</option>)}
          </Form.Control>
        </Form.Group>
        {asksPurpose && (
          <Form.Group controlId="learner-data-purpose" className="mr-3">
            <Form.Label>{formatMessage(messages.purpose)}</Form.Label>
            <Form.Control
              required
              minLength={PURPOSE_LENGTH}
              value={choice.purpose}
              onChange={choose('purpose')}
            />
            <Form.Text>{formatMessage(messages.purposeHelp)}</Form.Text>
          </Form.Group>
        )}
        <Form.Group>
          <Button type="submit" disabled={isBusy}>{formatMessage(messages.create)}</Button>
        </Form.Group>
      </Form>
      <div aria-live="polite">
        {requested.isStarted && <Alert variant="info">{formatMessage(messages.started)}</Alert>}
        {Boolean(requested.error) && <Trouble error={requested.error} />}
        <ul className="list-unstyled mt-3">
          {(tasks.value ?? []).map((task) => <Progress key={task.task_id} task={task} />)}
        </ul>
      </div>
      {Boolean(tasks.error) && <Trouble error={tasks.error} onTryAgain={tasks.refresh} />}
      <Files files={files.value} error={files.error} onTryAgain={files.refresh} />
    </div>
  );
}
