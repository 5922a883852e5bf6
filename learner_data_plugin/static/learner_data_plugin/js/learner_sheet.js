/* Taking the table as it is seen to the clipboard or to paper. */
(function (ld) {
  'use strict';

  const FORMULA = /^'*[=+\-@\t\r\0＝＋－＠]/; // with the full-width forms that Excel in East Asian languages reads

  /** A cell as a spreadsheet takes it from the clipboard: text that could be a formula is marked as text, as in our files. */
  function pasteable(value) {
    let text = value === null || value === undefined ? '' : String(value);
    if (typeof value !== 'number' && FORMULA.test(text)) {
      text = "'" + text;
    }
    return /[\t\n\r"]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  ld.copyLearners = function (columns, learners) {
    const lines = [columns.map((column) => column.key), ...learners.map((learner) => (
      columns.map((column) => learner[column.key])
    ))];
    return navigator.clipboard.writeText(lines.map((line) => line.map(pasteable).join('\t')).join('\r\n'));
  };

  /** Prints this table alone, under a title and a line about it, whatever else the page holds. */
  ld.printLearners = function (title, note, table) {
    const paper = table.cloneNode(true);
    paper.querySelectorAll('button').forEach((button) => button.replaceWith(button.textContent));
    const sheet = ld.element(
      'div', {class: 'learner-data learner-data-sheet'},
      ld.element('h1', {class: 'ld-title'}, title), ld.element('p', {class: 'ld-hint'}, note), paper,
    );
    const root = document.documentElement;
    document.body.append(sheet);
    root.classList.add('learner-data-printing');
    window.addEventListener('afterprint', () => {
      root.classList.remove('learner-data-printing');
      sheet.remove();
    }, {once: true});
    window.print();
  };
}(window.learnerData));
