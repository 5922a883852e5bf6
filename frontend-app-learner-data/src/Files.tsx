import { useIntl } from '@openedx/frontend-base';

import { downloadUrl, ReportFile } from './api.js';
import messages from './messages.js';
import { Trouble } from './Trouble.js';
import { useReportName } from './useReportName.js';

const UNITS: [string, number][] = [['megabyte', 1e6], ['kilobyte', 1e3], ['byte', 1]];

interface FilesProps {
  files: ReportFile[] | null,
  error: unknown,
  onTryAgain: () => void,
}

/** The newest files, each to be downloaded. */
export function Files({ files, error, onTryAgain }: FilesProps) {
  const { formatDate, formatMessage, formatNumber } = useIntl();
  const reportName = useReportName();
  const size = (bytes: number) => {
    const [unit, factor] = UNITS.find(([, least]) => bytes >= least) ?? UNITS[2];
    return formatNumber(bytes / factor, { style: 'unit', unit, maximumFractionDigits: 1 });
  };

  return (
    <>
      <h3>{formatMessage(messages.files)}</h3>
      {Boolean(error) && <Trouble error={error} onTryAgain={onTryAgain} />}
      {files?.length === 0 && <p>{formatMessage(messages.noFiles)}</p>}
      {files !== null && files.length > 0 && (
        <div className="table-responsive">
          <table className="table">
            <thead>
              <tr>
                <th scope="col" className="pr-4 pb-2">{formatMessage(messages.file)}</th>
                <th scope="col" className="pr-4 pb-2">{formatMessage(messages.report)}</th>
                <th scope="col" className="pr-4 pb-2">{formatMessage(messages.created)}</th>
                <th scope="col" className="pr-4 pb-2">{formatMessage(messages.size)}</th>
              </tr>
            </thead>
            <tbody>
              {files.map((file) => (
                <tr key={file.name}>
                  <td className="pr-4 pb-2"><a href={downloadUrl(file)} download>{file.name}</a></td>
                  <td className="pr-4 pb-2">{reportName(file.report)}</td>
                  <td className="pr-4 pb-2">{formatDate(file.created, { dateStyle: 'medium', timeStyle: 'short' })}</td>
                  <td className="pr-4 pb-2">{size(file.size_bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
