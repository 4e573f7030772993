/* Draws the page from the data it carries. What came from data goes in as text, never as markup. */
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('data').textContent);
  const SERIES = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)', 'var(--c6)'];
  const DASHES = ['', '7 3', '2 3', '9 3 2 3', '5 2', '1 2'];
  const state = { useCase: data.use_cases[0], dimensions: null };

  // ---- Elements

  /** An element with attributes of this script's own and with children: elements or text. */
  const el = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
  };
  const small = text => el('small', {}, text);
  const note = text => el('p', { class: 'note' }, text);
  const badge = (text, kind) => el('span', { class: `badge ${kind || ''}` }, text);
  const svg = (width, height, name) => {
    const drawing = d3.create('svg').attr('width', width).attr('height', height);
    return name === undefined
      ? drawing.attr('aria-hidden', 'true')
      : drawing.attr('role', 'img').attr('aria-label', name).attr('viewBox', `0 0 ${width} ${height}`);
  };

  // ---- Numbers

  const known = number => typeof number === 'number' && isFinite(number);
  const whole = number => (known(number) ? d3.format(',')(number) : '–');
  const digits = number => {
    const size = Math.abs(number);
    return d3.format(size >= 100 ? ',.0f' : size >= 10 ? '.1f' : size >= 1 ? '.2f' : size === 0 ? '.0f' : '.2~r')(number);
  };
  const plain = number => (known(number) ? digits(number) : '–');
  const percent = share => (known(share) ? digits(100 * share) + ' %' : '–');
  const words = name => name.toLowerCase().replaceAll('_', ' ');
  const dateOf = text => new Date(text + 'T00:00:00Z');
  const shortDate = d3.utcFormat('%-d %b');

  /** The rate its use case is held to, in units of a scale from 0: percent of judged alarms, or marks per 1,000. */
  const rate = row => (row.measure === 'FDR'
    ? { value: times(row.fdr), low: times(row.fdr_low), high: times(row.fdr_high), unit: ' %', name: 'false discovery rate' }
    : {
      value: row.fp_marks_per_1000_alarms, low: row.fp_marks_low, high: row.fp_marks_high, unit: '',
      name: 'wrong alarms marked per 1,000',
    });
  const times = share => (known(share) ? 100 * share : undefined);
  const withInterval = r => (known(r.value) ? digits(r.value) + r.unit : '–')
    + (known(r.low) ? ` (${digits(r.low)} – ${digits(r.high)})` : '');
  const ofUseCase = (rows, useCase) => rows.filter(row => row.use_case === (useCase ?? state.useCase));
  const headline = useCase => ofUseCase(data.headline, useCase)[0];

  // ---- Parts

  /** A table; columns are {name, of(row): text or element, kind}. */
  const table = (caption, columns, rows, kind) => el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    el('table', { class: kind },
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, columns.map(column => el('th', { scope: 'col', class: column.kind }, column.name)))),
      rows.some(row => row.sentence && kind === 'ranked')
        ? rows.map(row => el('tbody', { class: row.of_class }, tableRow(columns, row),
          el('tr', { class: 'more' }, el('td', { class: 'wide', colspan: columns.length }, el('p', { class: 'sentence' }, row.sentence)))))
        : el('tbody', {}, rows.map(row => tableRow(columns, row)))));
  const tableRow = (columns, row) => el('tr', { class: row.of_class }, columns.map(column =>
    el('td', { class: column.kind, 'data-name': column.label ?? null }, column.of(row) ?? '–')));

  /** A drawing with its title and, for whoever does not see it, the same as a table. */
  const figure = (title, hint, drawing, columns, rows) => el('figure', { 'data-chart': title },
    el('figcaption', {}, title, hint ? small(' ' + hint) : ''),
    drawing,
    columns ? el('details', { class: 'as-table' }, el('summary', {}, 'As a table'), table(title, columns, rows)) : '');

  const tiles = entries => el('dl', { class: 'tiles' }, entries.map(([name, value, detail]) =>
    el('div', { class: 'tile' }, el('dt', {}, name), el('dd', {}, value, detail ? small(' ' + detail) : ''))));

  const conditions = (dimensions, values) => el('span', { class: 'conditions' }, dimensions.map((dimension, i) =>
    el('span', { class: 'condition' }, el('i', {}, dimension + ' = '), values[i])));

  const status = row => (row.status === 'ELEVATED' ? badge('▲ elevated', 'strong')
    : row.status === 'SUSPECTED' ? badge('△ suspected', 'warm') : null);

  const widthOf = body => Math.max(260, Math.floor(body.clientWidth || 800));
  /** Width of one drawing where as many stand side by side as have room. */
  const share = (body, least, gap) => {
    const width = widthOf(body);
    const fit = Math.max(1, Math.floor((width + gap) / (least + gap)));
    return Math.floor((width - gap * (fit - 1)) / fit);
  };

  // ---- Intervals in rows: in percent of the width, so that they need not be drawn anew

  const spread = most => d3.scaleLinear([0, most > 0 ? most : 1], [1, 97]);
  const at = (scale, value) => scale(Math.min(value, scale.domain()[1])) + '%';
  const intervalRow = (scale, r, reference) => {
    const drawing = svg('100%', 22);
    drawing.append('line').attr('class', 'grid').attr('x1', '1%').attr('x2', '97%').attr('y1', 11).attr('y2', 11);
    if (known(reference)) {
      drawing.append('line').attr('class', 'whole').attr('y1', 0).attr('y2', 22)
        .attr('x1', at(scale, reference)).attr('x2', at(scale, reference));
    }
    if (known(r.low)) {
      drawing.append('line').attr('class', 'interval').attr('y1', 11).attr('y2', 11)
        .attr('x1', at(scale, r.low)).attr('x2', at(scale, r.high));
    }
    if (known(r.value)) drawing.append('circle').attr('class', 'dot').attr('cy', 11).attr('r', 5).attr('cx', at(scale, r.value));
    return drawing.node();
  };
  const axisRow = (scale, title) => {
    const drawing = svg('100%', 30);
    drawing.append('text').attr('x', '1%').attr('y', 10).text(title);
    for (const tick of scale.ticks(4)) {
      drawing.append('text').attr('x', at(scale, tick)).attr('y', 27).attr('text-anchor', tick === 0 ? 'start' : 'middle').text(scale.tickFormat(4)(tick));
    }
    return drawing.node();
  };
  const barRow = (value, most) => {
    const drawing = svg('100%', 12);
    drawing.append('rect').attr('class', 'bar').attr('height', 12).attr('rx', 2).attr('width', 100 * value / (most || 1) + '%');
    return drawing.node();
  };
  const counts = (rows, name, value) => {
    const most = d3.max(rows, value);
    return el('dl', { class: 'counts' }, rows.map(row =>
      el('div', {}, el('dt', {}, name(row)), el('dd', {}, barRow(value(row), most)), el('dd', {}, whole(value(row))))));
  };

  // ---- Lines over days

  const lines = (name, width, series, options) => {
    const height = options.height ?? 240;
    const margin = { top: 12, right: options.right ?? 34, bottom: 24, left: 44 };
    const drawing = svg(width, height, name);
    const points = series.flatMap(one => one.points);
    const days = d3.extent(points, point => point.day);
    if (+days[0] === +days[1]) days[0] = d3.utcDay.offset(days[1], -1);
    const x = d3.scaleUtc(days, [margin.left, width - margin.right]);
    const y = d3.scaleLinear([0, d3.max(points, point => point.high ?? point.value) || 1], [height - margin.bottom, margin.top]).nice(4);
    if (options.youngAfter && options.youngAfter < days[1]) {
      drawing.append('rect').attr('class', 'young').attr('x', x(options.youngAfter)).attr('y', margin.top)
        .attr('width', x(days[1]) - x(options.youngAfter)).attr('height', height - margin.top - margin.bottom);
    }
    for (const tick of y.ticks(4)) {
      drawing.append('line').attr('class', 'grid').attr('x1', margin.left).attr('x2', width - margin.right).attr('y1', y(tick)).attr('y2', y(tick));
      drawing.append('text').attr('x', margin.left - 6).attr('y', y(tick)).attr('dy', '.32em').attr('text-anchor', 'end').text(tickText(y, tick));
    }
    const dates = [...new Set(points.map(point => +point.day))].sort(d3.ascending);
    const every = Math.ceil(dates.length / Math.max(2, Math.floor((width - 90) / 64)));
    dates.filter((date, i) => (dates.length - 1 - i) % every === 0).forEach(date => drawing.append('text')
      .attr('x', x(date)).attr('y', height - 6).attr('text-anchor', 'middle').text(shortDate(date)));
    const ends = [];
    for (const one of series) {
      const path = drawing.append('path').attr('class', one.kind ?? 'line').attr('fill', 'none').attr('stroke-width', 2)
        .attr('d', d3.line(point => x(point.day), point => y(point.value))(one.points));
      if (one.color) path.style('stroke', one.color).attr('stroke-dasharray', one.dash ?? null);
      const dots = drawing.append('g').style('fill', one.color ?? 'var(--soft)');
      for (const point of one.points) {
        dots.append('circle').attr('cx', x(point.day)).attr('cy', y(point.value)).attr('r', 2.5)
          .append('title').text(`${one.name}, ${shortDate(point.day)}: ${digits(point.value)}${options.unit ?? ''}`);
      }
      const last = one.points[one.points.length - 1];
      if (one.mark) ends.push({ mark: one.mark, x: x(last.day), y: y(last.value), color: one.color });
    }
    let lowest = -Infinity; // marks at the lines' ends make way for each other
    for (const end of ends.sort((a, b) => a.y - b.y)) {
      lowest = Math.max(end.y, lowest + 13);
      drawing.append('text').attr('x', end.x + 8).attr('y', lowest).attr('dy', '.35em').style('fill', end.color ?? null)
        .attr('font-weight', 700).text(end.mark);
    }
    return drawing.node();
  };
  const tickText = (scale, tick) => (scale.domain()[1] >= 1e4 ? d3.format('~s')(tick) : scale.tickFormat(4)(tick));
  const swatch = (color, dash) => {
    const drawing = svg(22, 10);
    drawing.append('line').attr('x1', 0).attr('x2', 22).attr('y1', 5).attr('y2', 5).attr('stroke-width', 2.5)
      .style('stroke', color).attr('stroke-dasharray', dash || null);
    return drawing.node();
  };

  // ---- Blocks: each puts what it has into its body, or returns a sentence that says what is missing

  const blocks = {};

  blocks.overview = body => {
    if (!data.headline.length && !data.cuts.length) return 'There are neither segments nor a selection of this day yet.';
    const sum = (rows, column) => d3.sum(rows, row => row[column]);
    const elevated = sum(data.segment_counts, 'elevated');
    const rounds = new Set(data.cuts.map(cut => cut.round_id)).size;
    body.append(tiles([
      ['Alarms in the window', d3.format(sum(data.headline, 'alarms') >= 1e5 ? '.3~s' : ',')(sum(data.headline, 'alarms'))],
      ['Elevated segments', whole(elevated), `and ${whole(sum(data.segment_counts, 'suspected'))} suspected`],
      ['Images selected', whole(sum(data.cuts, 'selected')),
        data.cuts.length ? `of a budget of ${whole(d3.sum(budgetsSpent()) * rounds)}` : 'no selection yet'],
      ['Labeling jobs', whole(data.jobs.length), `${whole(sum(data.jobs, 'items'))} items`],
    ]));
    const cards = el('div', { class: 'cards' });
    const most = measure => 1.2 * d3.max(data.headline.filter(row => row.measure === measure).map(rate), r => r.high ?? r.value);
    for (const row of data.headline) {
      const r = rate(row);
      const counted = ofUseCase(data.segment_counts, row.use_case)[0] ?? { elevated: 0, suspected: 0, segments: 0 };
      const chosen = d3.sum(ofUseCase(data.cuts, row.use_case), cut => cut.selected);
      const facts = [
        ['Alarms', whole(row.alarms)],
        ['Judged', `${whole(row.judged)} (${percent(row.coverage)})`],
        ['Marked wrong', whole(row.false_positives)],
        ['Reported misses', whole(row.missed)],
        row.measure === 'FDR' ? ['Marks per 1,000', plain(row.fp_marks_per_1000_alarms)] : null,
        ['Possible false discovery rate', `${percent(row.fdr_bound_low)} – ${percent(row.fdr_bound_high)}`],
        ['Elevated, suspected', `${counted.elevated}, ${counted.suspected} of ${whole(counted.segments)}`],
        ['Cameras with alarms', whole(row.cameras)],
        ['Images selected', whole(chosen)],
        ['Feedback arrived', percent(row.maturity)],
      ].filter(fact => fact);
      cards.append(el('article', { class: 'card' },
        el('h3', {}, row.use_case),
        el('div', { class: 'big' }, known(r.value) ? digits(r.value) + r.unit : '–', small(' ' + r.name)),
        intervalRow(spread(most(row.measure)), r),
        small(known(r.low) ? `interval ${digits(r.low)} – ${digits(r.high)}${r.unit}, cameras being clusters` : 'too little is judged for an interval'),
        el('dl', { class: 'pairs-of' }, facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))))));
    }
    body.append(cards);
    const last = d3.max(data.headline, row => row.last_event_date);
    if (last) body.append(note(`Event dates up to ${last} count; a window is ${data.window_days} days. The possible rate is what it would be if all alarms that nobody judged were right, or all wrong.`));
  };
  const budgetsSpent = () => data.use_cases.map((useCase, i) => (ofUseCase(data.cuts, useCase).length ? data.budgets[i] : 0));

  blocks.segments = body => {
    const rows = ofUseCase(data.segments);
    if (!rows.length) return 'No segment of this use case has enough judged alarms to be ranked.';
    const all = headline();
    const reference = all && rate(all).value;
    const rates = rows.map(rate);
    const scale = spread(1.02 * d3.max([...rates.map(r => Math.min(r.high ?? r.value, 3 * r.value)), reference ?? 0]));
    const excess = row => (known(row.excess_errors) ? '+' + digits(row.excess_errors) : '–');
    const view = table(`The ${rows.length} worst segments of ${state.useCase}`, [
      {
        name: 'Segment', kind: 'text wide', of: row => el('div', { class: 'conditions' }, el('b', { class: 'rank' }, '#' + row.rank),
          conditions(row.dimensions, row.dimension_values), status(row), row.unstable ? badge('few data') : null),
      },
      { name: axisRow(scale, rates[0].name + (rates[0].unit ? ', %' : '')), kind: 'chart', of: row => intervalRow(scale, rate(row), reference) },
      { name: 'Rate (interval)', kind: 'number', label: 'rate', of: row => withInterval(rate(row)) },
      { name: 'Excess errors', kind: 'number', label: 'excess errors', of: excess },
      { name: 'Alarms', kind: 'number', label: 'alarms', of: row => whole(row.alarms) },
      { name: 'Judged', kind: 'number', label: 'judged', of: row => whole(row.judged) },
      { name: 'Cameras', kind: 'number', label: 'cameras', of: row => whole(row.cameras) },
    ], rows.map(row => ({ ...row, of_class: row.status ? 'bad' : '' })), 'ranked');
    view.dataset.chart = 'Weak segments';
    body.append(view, note('Orange: elevated or suspected. Few data: fewer than 10 cameras or expected errors, so that the interval is rough. Segments overlap: an alarm can count in several.'));
  };

  blocks.trend = body => {
    const found = ofUseCase(data.trend).filter(row => known(rate(row).value));
    const days = ofUseCase(data.days);
    if (!found.length && !days.length) return 'There are no findings and no cells of these days.';
    const all = headline();
    if (found.length) {
      const named = new Map(ofUseCase(data.segments).map(row => [row.rank, row]));
      const byRank = d3.group(found, row => row.rank ?? 0);
      const series = [...byRank].sort((a, b) => a[0] - b[0]).map(([rank, rows]) => ({
        name: rank ? named.get(rank).dimensions.map((dimension, i) => `${dimension} = ${named.get(rank).dimension_values[i]}`).join(', ') : 'the use case as a whole',
        mark: rank ? '#' + rank : 'all',
        color: rank ? SERIES[rank - 1] : undefined, dash: rank ? DASHES[rank - 1] : null, kind: rank ? 'line' : 'whole',
        points: rows.map(row => ({ day: dateOf(row.run_date), ...rate(row), row })),
      }));
      const unit = rate(found[0]).unit;
      const short = d3.max(series, one => one.points.length) < 2;
      body.append(figure('Worst segments by run date', `${rate(found[0]).name}${unit && ', %'}, over the window that ends on each date`,
        lines('Rates of the worst segments by run date', widthOf(body), series, { height: 280, unit }),
        [
          { name: 'Segment', kind: 'text', of: row => row.name },
          { name: 'Run date', of: row => row.run_date },
          { name: 'Rate (interval)', kind: 'number', of: row => withInterval(rate(row)) },
          { name: 'Alarms', kind: 'number', of: row => whole(row.alarms) },
          { name: 'Marked wrong', kind: 'number', of: row => whole(row.false_positives) },
        ], series.flatMap(one => one.points.map(point => ({ ...point.row, name: `${one.mark} ${one.name}` })))));
      body.append(el('ul', { class: 'legend' }, series.map(one => el('li', {},
        swatch(one.color ?? 'var(--soft)', one.color ? one.dash : '3 3'), `${one.mark}  ${one.mark === 'all' ? '' : one.name}`))));
      if (short) body.append(note('There are findings of one run date only; lines need a second one.'));
    }
    if (days.length) {
      const young = all && dateOf(all.last_event_date);
      const pair = el('div', { class: 'figures' });
      const width = share(body, 384, 24);
      const columns = [
        { name: 'Event date', of: row => row.event_date },
        { name: 'Alarms', kind: 'number', of: row => whole(row.alarms) },
        { name: 'Marked wrong', kind: 'number', of: row => whole(row.wrong ?? 0) },
        { name: 'Confirmed', kind: 'number', of: row => whole(row.confirmed ?? 0) },
        { name: 'Reported misses', kind: 'number', of: row => whole(row.missed ?? 0) },
      ];
      const series = value => [{ name: state.useCase, color: SERIES[0], points: days.map(row => ({ day: dateOf(row.event_date), value: value(row) })) }];
      pair.append(
        figure('Alarms by event date', '', lines('Alarms by event date', width, series(row => row.alarms), { height: 170, right: 20 })),
        figure('Marks per 1,000 alarms by event date', 'feedback on the newest dates still arrives',
          lines('Marks per 1,000 alarms by event date', width, series(row => 1000 * Math.max(0, row.wrong ?? 0) / row.alarms), { height: 170, right: 20, youngAfter: young })));
      body.append(el('h3', {}, 'The use case day by day'), pair,
        el('details', { class: 'as-table' }, el('summary', {}, 'As a table'), table('Days of ' + state.useCase, columns, days)));
    }
  };

  blocks.pairs = body => {
    const cells = ofUseCase(data.pairs);
    const all = headline();
    if (!cells.length || !all) return 'No segment of two conditions was found in this use case.';
    const names = [...new Set(cells.flatMap(cell => cell.dimensions))].sort(d3.ascending);
    if (!state.dimensions || !state.dimensions.every(name => names.includes(name))) state.dimensions = bestPair(cells);
    const choose = (place, text) => {
      const select = el('select', {}, names.map(name => el('option', {}, name)));
      select.selectedIndex = names.indexOf(state.dimensions[place]);
      select.addEventListener('change', () => {
        const before = state.dimensions[place];
        state.dimensions[place] = names[select.selectedIndex];
        if (state.dimensions[0] === state.dimensions[1]) state.dimensions[1 - place] = before;
        draw('pairs');
        document.querySelectorAll('#pairs select')[place].focus();
      });
      return el('label', { class: 'pick' }, text, select);
    };
    body.append(el('div', { class: 'controls' }, choose(0, 'Rows'), choose(1, 'Columns')));
    const [down, across] = state.dimensions;
    const shown = cells.filter(cell => cell.dimensions.includes(down) && cell.dimensions.includes(across));
    const valueOf = (cell, name) => cell.dimension_values[cell.dimensions.indexOf(name)];
    if (!shown.length) {
      body.append(el('p', { class: 'empty' }, `${down} and ${across} were not combined, or none of their combinations has alarms.`));
      return undefined;
    }
    const axis = name => d3.groupSort(shown, some => valueOf(some[0], name), cell => valueOf(cell, name))
      .sort((a, b) => d3.ascending(Number(/^-?[0-9.]+/.exec(a)) || 0, Number(/^-?[0-9.]+/.exec(b)) || 0) || d3.ascending(a, b));
    const rows = axis(down);
    const columns = axis(across);
    const reference = rate(all).value;
    const index = new Map(shown.map(cell => [JSON.stringify([valueOf(cell, down), valueOf(cell, across)]), cell]));
    const heat = el('table', { class: 'heat' },
      el('caption', {}, `${rate(all).name}${rate(all).unit && ', %'}; ${state.useCase} as a whole: ${plain(reference)}${known(reference) ? rate(all).unit : ''}`),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, `${down} \\ ${across}`), columns.map(name => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, rows.map(row => el('tr', {}, el('th', { scope: 'row' }, row), columns.map(column => heatCell(index.get(JSON.stringify([row, column])), reference))))));
    body.append(el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Heat map of ${down} and ${across}`, 'data-chart': 'Heat map' }, heat));
    const ramp = el('div', { class: 'ramp', 'aria-hidden': 'true' }, 'half the rate');
    for (const step of [-1, -.6, -.3, 0, .3, .6, 1]) {
      const box = el('i');
      box.style.background = tint(step);
      ramp.append(box);
    }
    ramp.append('twice and more');
    body.append(ramp, note('Small figures: alarms. In italics: fewer than 30 trials. Of a dimension the values with the most alarms take part.'));
    return undefined;
  };
  const tint = step => `color-mix(in oklab, var(${step > 0 ? '--warm-text' : '--cool-text'}) ${Math.round(100 * Math.min(1, Math.abs(step)))}%, var(--sunk))`;
  const heatCell = (cell, reference) => {
    const r = cell && rate(cell);
    if (!r || !known(r.value)) return el('td', { class: 'none' }, cell ? '–' : '');
    const step = Math.max(-1, Math.min(1, reference > 0 ? Math.log2(Math.max(r.value, 1e-9) / reference) : 0));
    const trials = cell.measure === 'FDR' ? cell.judged : cell.alarms;
    const box = el('td', { class: `${Math.abs(step) > .85 ? 'strong' : Math.abs(step) > .6 ? 'middle' : ''} ${trials < 30 ? 'thin' : ''}`, title: `${withInterval(r)}; ${whole(cell.false_positives)} marked wrong of ${whole(trials)}` },
      el('b', {}, digits(r.value), cell.status === 'ELEVATED' ? ' ▲' : cell.status === 'SUSPECTED' ? ' △' : ''), small(whole(cell.alarms)));
    box.style.background = tint(step);
    return box;
  };
  /** The pair of dimensions of the worst segment among those with two conditions, else the first. */
  const bestPair = cells => {
    const worst = ofUseCase(data.segments).find(row => row.dimensions.length === 2
      && cells.some(cell => row.dimensions.every(name => cell.dimensions.includes(name))));
    return [...(worst ?? cells[0]).dimensions];
  };

  blocks.changes = body => {
    const rows = ofUseCase(data.changes);
    if (!rows.length) return 'No segment changed more than chance explains.';
    const known_ = rows.filter(row => known(row.rate_now));
    const unit = row => (row.measure === 'FDR' ? { by: 100, unit: ' %' } : { by: 1000, unit: '' });
    const scale = spread(1.05 * d3.max(known_, row => unit(row).by * Math.max(row.rate_now, row.rate_before ?? 0)));
    const compared = { HISTORY: 'with its own past', MODEL_VERSION: 'with the version before', CUSUM: 'day by day' };
    const move = row => {
      const drawing = svg('100%', 22);
      if (!known(row.rate_now) || !known(row.rate_before)) return drawing.node();
      const [from, to] = [row.rate_before, row.rate_now].map(value => at(scale, unit(row).by * value));
      drawing.append('line').attr('class', 'interval').attr('x1', from).attr('x2', to).attr('y1', 11).attr('y2', 11);
      drawing.append('circle').attr('class', 'ring').attr('cx', from).attr('cy', 11).attr('r', 4);
      drawing.append('circle').attr('class', 'dot').attr('cx', to).attr('cy', 11).attr('r', 5);
      return drawing.node();
    };
    const value = (row, share_) => (known(share_) ? digits(unit(row).by * share_) + unit(row).unit : '–');
    const view = table(`Changes of segments of ${state.useCase}`, [
      {
        name: 'Segment', kind: 'text wide', of: row => el('div', { class: 'conditions' },
          row.status === 'WORSE' ? badge('▲ worse', 'strong') : badge('▼ better', 'cool'),
          el('span', { class: 'condition' }, row.segment || 'all'), badge(compared[row.comparison] ?? row.comparison)),
      },
      { name: axisRow(scale, 'before ○ → ● now'), kind: 'chart', of: move },
      { name: 'Before', kind: 'number', label: 'before', of: row => value(row, row.rate_before) },
      { name: 'Now', kind: 'number', label: 'now', of: row => value(row, row.rate_now) },
      { name: 'Dates', kind: 'number', label: 'dates', of: row => `${row.now_from} – ${row.now_to}` },
    ], rows.map(row => ({ ...row, of_class: row.status === 'WORSE' ? 'bad' : '' })), 'ranked');
    view.dataset.chart = 'Changes';
    body.append(view, note('○ before, ● now.'));
    return undefined;
  };

  blocks.confidence = body => {
    const rows = ofUseCase(data.histograms);
    const all = headline();
    if (!rows.length && !ofUseCase(data.reliability).length) return 'There are no cells of this day.';
    if (rows.length) {
      const width = share(body, 256, 24);
      const grid = el('div', { class: 'figures small' });
      for (const row of rows) {
        grid.append(figure(row.label, `${whole(row.alarms)} outputs`, histogram(row, width),
          [
            { name: 'Confidence', of: bin => bin.range },
            { name: 'Outputs', kind: 'number', of: bin => whole(bin.count) },
          ], row.histogram.map((count, i) => ({ count, range: `${d3.format('.2f')(i / 20)} – ${d3.format('.2f')((i + 1) / 20)}` }))));
      }
      body.append(el('h3', {}, 'Confidence of the day by class'), grid,
        note('The line is the threshold at which the product raises an alarm, the shaded band what counts as near it.'));
    }
    // A verdict that changed counts -1 on the day it did: what it took back may have come before these days.
    const bins = ofUseCase(data.reliability).map(bin => ({ ...bin, wrong: Math.max(0, bin.wrong), confirmed: Math.max(0, bin.confirmed) }))
      .filter(bin => bin.confirmed + bin.wrong > 0);
    body.append(el('h3', {}, 'Is confidence worth what it says?'));
    if (!all || all.measure !== 'FDR') {
      body.append(el('p', { class: 'empty' }, 'Customers confirm too rarely here: judged alarms do not stand for all, so that no reliability can be told.'));
    } else if (!bins.length) {
      body.append(el('p', { class: 'empty' }, 'No alarm of these days was judged yet.'));
    } else {
      body.append(figure('Reliability', `judged alarms of the last ${data.trend_days} days: share that was right, by confidence`, reliability(bins, Math.min(560, widthOf(body))),
        [
          { name: 'Confidence', of: bin => `${d3.format('.2f')(bin.confidence_bin / 20)} – ${d3.format('.2f')((bin.confidence_bin + 1) / 20)}` },
          { name: 'Judged', kind: 'number', of: bin => whole(bin.confirmed + bin.wrong) },
          { name: 'Right', kind: 'number', of: bin => percent(bin.confirmed / (bin.confirmed + bin.wrong)) },
        ], bins), note('On the dashed line confidence is the probability of being right; below it the model is too sure. Bars are Wilson intervals as if alarms were independent; hollow: fewer than 30 judged.'));
    }
    return undefined;
  };
  const histogram = (row, width) => {
    const height = 130;
    const drawing = svg(width, height, `Confidences of ${row.label}`);
    const x = d3.scaleLinear([0, 1], [6, width - 6]);
    const y = d3.scaleLinear([0, d3.max(row.histogram) || 1], [height - 20, 18]);
    drawing.append('rect').attr('class', 'band').attr('x', x(Math.max(0, row.alarm_threshold - row.boundary_band))).attr('y', 14)
      .attr('width', x(Math.min(1, row.alarm_threshold + row.boundary_band)) - x(Math.max(0, row.alarm_threshold - row.boundary_band))).attr('height', height - 34);
    row.histogram.forEach((count, i) => drawing.append('rect').attr('class', 'bar').attr('x', x(i / 20) + .5).attr('width', Math.max(1, x(.05) - x(0) - 1))
      .attr('y', y(count)).attr('height', y(0) - y(count)).append('title').text(`${d3.format('.2f')(i / 20)} – ${d3.format('.2f')((i + 1) / 20)}: ${whole(count)}`));
    drawing.append('line').attr('class', 'axis').attr('x1', x(0)).attr('x2', x(1)).attr('y1', y(0)).attr('y2', y(0));
    drawing.append('line').attr('class', 'threshold').attr('x1', x(row.alarm_threshold)).attr('x2', x(row.alarm_threshold)).attr('y1', 14).attr('y2', y(0));
    drawing.append('text').attr('class', 'threshold-name').attr('x', x(row.alarm_threshold)).attr('y', 10)
      .attr('text-anchor', row.alarm_threshold > .8 ? 'end' : row.alarm_threshold < .2 ? 'start' : 'middle').text(`alarm at ${row.alarm_threshold}`);
    [0, .5, 1].forEach(tick => drawing.append('text').attr('x', x(tick)).attr('y', height - 5)
      .attr('text-anchor', tick === 0 ? 'start' : tick === 1 ? 'end' : 'middle').text(tick));
    return drawing.node();
  };
  const wilson = (right, n) => {
    const z = 1.959964;
    const p = right / n;
    const middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    const half = z / (1 + z * z / n) * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  };
  const reliability = (bins, width) => {
    const height = Math.min(width, 380);
    const drawing = svg(width, height, 'Share of right alarms by confidence');
    const x = d3.scaleLinear([0, 1], [44, width - 12]);
    const y = d3.scaleLinear([0, 1], [height - 40, 10]);
    for (const tick of [0, .25, .5, .75, 1]) {
      drawing.append('line').attr('class', 'grid').attr('x1', x(0)).attr('x2', x(1)).attr('y1', y(tick)).attr('y2', y(tick));
      drawing.append('text').attr('x', x(0) - 6).attr('y', y(tick)).attr('dy', '.32em').attr('text-anchor', 'end').text(d3.format('.0%')(tick));
      drawing.append('text').attr('x', x(tick)).attr('y', height - 22).attr('text-anchor', tick === 1 ? 'end' : 'middle').text(tick);
    }
    drawing.append('text').attr('x', x(.5)).attr('y', height - 4).attr('text-anchor', 'middle').text('confidence');
    drawing.append('line').attr('class', 'whole').attr('x1', x(0)).attr('x2', x(1)).attr('y1', y(0)).attr('y2', y(1));
    for (const bin of bins) {
      const n = bin.confirmed + bin.wrong;
      const [low, high] = wilson(bin.confirmed, n);
      const middle = x((bin.confidence_bin + .5) / 20);
      drawing.append('line').attr('class', 'interval').attr('x1', middle).attr('x2', middle).attr('y1', y(low)).attr('y2', y(high));
      drawing.append('circle').attr('class', n < 30 ? 'ring' : 'dot').attr('cx', middle).attr('cy', y(bin.confirmed / n)).attr('r', 5)
        .append('title').text(`${percent(bin.confirmed / n)} of ${whole(n)} judged were right`);
    }
    return drawing.node();
  };

  blocks.imbalance = body => {
    const rows = ofUseCase(data.classes);
    if (!rows.length) return 'There is no class-imbalance map of this day: configure the training set and run analyze.';
    const shares = row => [row.share_in_training, row.share_of_errors, row.share_in_field].filter(known);
    const scale = spread(100 * d3.max(rows, row => d3.max(shares(row)) ?? 0) || 1);
    const compared = row => {
      const drawing = svg('100%', 22);
      const places = shares(row).map(value => scale(100 * value));
      if (places.length > 1) {
        drawing.append('line').attr('class', 'link').attr('x1', d3.min(places) + '%').attr('x2', d3.max(places) + '%').attr('y1', 11).attr('y2', 11);
      }
      if (known(row.share_in_training)) drawing.append('circle').attr('class', 'ring').attr('cx', at(scale, 100 * row.share_in_training)).attr('cy', 11).attr('r', 4.5);
      if (known(row.share_in_field)) drawing.append('rect').attr('class', 'diamond').attr('x', at(scale, 100 * row.share_in_field)).attr('y', 7).attr('width', 8).attr('height', 8);
      if (known(row.share_of_errors)) drawing.append('circle').attr('class', 'dot').attr('cx', at(scale, 100 * row.share_of_errors)).attr('cy', 11).attr('r', 5);
      return drawing.node();
    };
    const actions = { LABEL_MORE: ['label more', 'warm'], SYNTHETIC: ['synthesize', 'warm'], DEFINE_CLASS: ['define class', 'strong'], LABEL_QA: ['check labels', 'cool'], OK: ['ok', ''] };
    const action = row => (row.action ? badge(...(actions[row.action] ?? [words(row.action)])) : null);
    const view = table(`Classes of ${state.useCase}, the most needed first`, [
      {
        name: 'Class', kind: 'text wide', of: row => el('div', { class: 'conditions' },
          el('span', { class: 'condition' }, row.label), action(row), row.thin ? badge('thin') : null, row.known ? null : badge('new')),
      },
      { name: axisRow(scale, '○ training  ● errors  ■ field, % of all'), kind: 'chart', of: compared },
      { name: 'In training', kind: 'number', label: 'in training', of: row => percent(row.share_in_training) },
      { name: 'Of errors', kind: 'number', label: 'of errors', of: row => percent(row.share_of_errors) },
      { name: 'Samples', kind: 'number', label: 'samples', of: row => whole(row.training_samples) },
      { name: 'Errors', kind: 'number', label: 'errors', of: row => whole(row.errors) },
      { name: 'Need', kind: 'number', label: 'need', of: row => plain(row.need) },
    ], rows.map(row => ({ ...row, of_class: row.thin || !row.known ? 'bad' : '' })), 'ranked');
    view.dataset.chart = 'Class imbalance';
    body.append(view, note('○ share in training, ● share of errors, ■ share in the field. Shares of errors come from what customers marked, not from the field; the field is known from audited images alone. Need is large where a class is frequent, often wrong and thin in training.'));
    const requests = ofUseCase(data.requests);
    body.append(el('h3', {}, 'What to collect'));
    if (!requests.length) {
      body.append(el('p', { class: 'empty' }, 'Nothing: no class is both thin in training and often wrong.'));
      return undefined;
    }
    const how = { COLLECT: 'collect', SYNTHESIZE: 'synthesize', DEFINE: 'define the class' };
    body.append(el('div', { class: 'cards' }, requests.map(request => el('article', { class: 'card' },
      el('div', { class: 'conditions' }, badge(how[request.how] ?? request.how, 'warm'), small(`priority ${request.priority}`)),
      el('div', { class: 'big' }, known(request.images) ? whole(request.images) : '–', small(' images of '), request.label),
      request.conditions.length ? el('div', { class: 'conditions' }, request.conditions.map(condition => el('span', { class: 'condition' }, condition))) : small('in any condition'),
      el('p', { class: 'sentence' }, request.why)))));
    return undefined;
  };

  blocks.budget = body => {
    const cuts = data.cuts.filter(cut => cut.selected > 0);
    if (!data.cuts.length) return 'There is no selection of this day.';
    if (cuts.length) {
      body.append(figure('From signal to job', 'images', flow(cuts, widthOf(body))));
    } else {
      body.append(el('p', { class: 'empty' }, 'The round selected no image.'));
    }
    const unplaced = d3.sum(cuts, cut => cut.selected) - d3.sum(data.jobs, job => job.items);
    if (unplaced > 0) body.append(note(`${whole(unplaced)} selected images are in no job yet.`));
    body.append(el('h3', {}, 'What each signal was given'), table('Budget by use case and signal', [
      { name: 'Round', of: row => row.round_id },
      { name: 'Use case', kind: 'text', of: row => row.use_case },
      { name: 'Signal', of: row => words(row.signal) },
      { name: 'First given', kind: 'number', of: row => whole(row.quota) },
      { name: 'Eligible', kind: 'number', of: row => whole(row.eligible) },
      { name: 'Selected', kind: 'number', of: row => whole(row.selected) },
      { name: 'Burst full', kind: 'number', of: row => whole(row.held_by_burst) },
      { name: 'Camera full', kind: 'number', of: row => whole(row.held_by_camera) },
      { name: 'Site full', kind: 'number', of: row => whole(row.held_by_site) },
      { name: 'Class full', kind: 'number', of: row => whole(row.held_by_class) },
      { name: 'Above ceiling', kind: 'number', of: row => whole(row.held_by_ceiling) },
      { name: 'Unusable', kind: 'number', of: row => whole(row.unusable) },
      { name: 'Lowest score', kind: 'number', of: row => plain(row.lowest_score) },
    ], data.cuts));
    if (data.jobs.length) {
      body.append(el('h3', {}, 'Labeling jobs'), table('Labeling jobs of the day', [
        { name: 'Job', kind: 'text', of: row => row.job_name },
        { name: 'Use case', kind: 'text', of: row => row.use_case },
        { name: 'Target', of: row => row.target },
        { name: 'Items', kind: 'number', of: row => whole(row.items) },
        { name: 'Status', of: row => badge(words(row.status)) },
      ], data.jobs));
    }
    return undefined;
  };
  /** Three columns of nodes and the bands between them; a node is as high as the images that pass it. */
  const flow = (cuts, width) => {
    const narrow = width < 560;
    const rounds = new Set(cuts.map(cut => cut.round_id)).size;
    const caseOf = row => (rounds > 1 ? `${row.use_case}, ${row.round_id}` : row.use_case);
    const columns = [
      d3.rollup(cuts, some => d3.sum(some, cut => cut.selected), cut => words(cut.signal)),
      d3.rollup(cuts, some => d3.sum(some, cut => cut.selected), caseOf),
      new Map(data.jobs.map(job => [job.job_name, job.items])),
    ];
    const links = [
      cuts.map(cut => ({ from: words(cut.signal), to: caseOf(cut), value: cut.selected })),
      data.jobs.map(job => ({ from: caseOf(job), to: job.job_name, value: job.items })),
    ];
    const gap = 30;
    const most = d3.max(columns, column => column.size);
    const height = Math.max(200, Math.min(460, 64 * most)) + gap * most / 2;
    const total = d3.max(columns, column => d3.sum(column.values()));
    const scale = d3.scaleLinear([0, total], [0, height - gap * most - 4]);
    const bar = 12;
    const xs = [0, (width - bar) / 2, width - bar];
    const nodes = columns.map((column, c) => {
      let y = gap / 2 + 4;
      const order = c === 0 ? d3.sort(column, ([, value]) => -value) : [...column];
      return new Map(order.map(([name, value]) => {
        const node = { name, value, x: xs[c], y, height: Math.max(2, scale(value)), out: 0, into: 0 };
        y += node.height + gap;
        return [name, node];
      }));
    });
    const drawing = svg(width, Math.ceil(d3.max(nodes, column => d3.max([...column.values()], node => node.y + node.height)) ?? 0) + 6, 'Images from signals over use cases to labeling jobs');
    const colors = new Map([...nodes[0].keys()].map((name, i) => [name, SERIES[i % SERIES.length]]));
    links.forEach((some, c) => {
      const order = [...nodes[c].keys()];
      for (const link of d3.sort(some, one => order.indexOf(one.from))) {
        const from = nodes[c].get(link.from);
        const to = nodes[c + 1].get(link.to);
        if (!from || !to) continue;
        const thick = Math.max(1, scale(link.value));
        const y0 = from.y + from.out + thick / 2;
        const y1 = to.y + to.into + thick / 2;
        from.out += thick;
        to.into += thick;
        const middle = (from.x + bar + to.x) / 2;
        drawing.append('path').attr('class', 'flow').attr('fill', 'none').attr('stroke-width', thick)
          .style('stroke', c === 0 ? colors.get(link.from) : 'var(--soft)')
          .attr('d', `M${from.x + bar},${y0}C${middle},${y0} ${middle},${y1} ${to.x},${y1}`)
          .append('title').text(`${link.from} → ${link.to}: ${whole(link.value)}`);
      }
    });
    nodes.forEach((column, c) => column.forEach(node => {
      drawing.append('rect').attr('x', node.x).attr('y', node.y).attr('width', bar).attr('height', node.height).attr('rx', 2)
        .style('fill', c === 0 ? colors.get(node.name) : 'var(--soft)');
      const room = Math.floor((width / 3 - 8) / (narrow ? 6.6 : 7));
      const label = `${cut(node.name, room - 6)}  ${whole(node.value)}`;
      drawing.append('text').attr('class', 'name').attr('y', node.y - 6).attr('x', c === 0 ? 0 : c === 1 ? node.x + bar / 2 : width)
        .attr('text-anchor', c === 0 ? 'start' : c === 1 ? 'middle' : 'end').text(label).append('title').text(node.name);
    }));
    return drawing.node();
  };
  const cut = (text, most) => (text.length > most ? text.slice(0, Math.max(1, most - 1)) + '…' : text);

  // ---- Images

  const thumbnail = (card, leaveRoom) => {
    if (typeof card.thumbnail === 'string' && card.thumbnail.startsWith('data:image/jpeg;base64,')) {
      return el('img', { src: card.thumbnail, alt: `Image of camera ${card.camera_id}`, loading: 'lazy' });
    }
    return leaveRoom && el('div', { class: 'blank', title: card.image_uri }, cut(/^[a-z][a-z0-9+.-]*:/i.test(card.image_uri) ? card.image_uri.slice(card.image_uri.lastIndexOf('/') + 1) : card.image_uri, 60) || 'no thumbnail');
  };
  const when = card => `${card.captured_at.slice(0, 16).replace('T', ' ')} UTC · ${card.camera_id} · ${card.site_id}`;
  const shots = (cards, lines_) => el('ul', { class: 'gallery' }, cards.map(card => shot(card, cards.some(one => one.thumbnail), lines_(card))));
  const shot = (card, leaveRoom, lines_) => el('li', { class: 'shot' }, thumbnail(card, leaveRoom) || null,
    el('div', { class: 'words' }, lines_, el('p', { class: 'meta' }, when(card))));
  const predicted = card => (card.predicted_label === undefined ? null
    : el('p', { class: 'label' }, card.predicted_label, known(card.confidence) ? small(`  ${d3.format('.2f')(card.confidence)}`) : ''));

  blocks.gallery = body => {
    const cards = ofUseCase(data.selected);
    if (!cards.length) return 'No image of this use case was selected on this day.';
    for (const [signal, some] of d3.group(cards, card => card.signal)) {
      const chosen = d3.sum(ofUseCase(data.cuts).filter(row => row.signal === signal), row => row.selected);
      body.append(el('h3', { class: 'signal' }, words(signal), small(`${whole(some.length)} of ${whole(chosen || some.length)} images`)));
      const view = shots(some, card => [predicted(card), el('p', {}, card.reason)]);
      view.dataset.chart = `Images: ${words(signal)}`;
      body.append(view);
    }
    if (!cards.some(card => card.thumbnail)) body.append(note(data.thumbnails ? 'No thumbnails: these images are no files of the machine that wrote this page, or are not readable there.' : 'Thumbnails are switched off (report.thumbnails).'));
    return undefined;
  };

  blocks.looks = body => {
    const ended = ofUseCase(data.look_statuses);
    if (!ended.length) return 'No misclassified image of this use case was looked at on this day.';
    const cost = d3.sum(ended, row => row.cost_dollars ?? 0);
    body.append(tiles([
      ['Images looked at', whole(d3.sum(ended, row => row.images))],
      ...ended.map(row => [words(row.status), whole(row.images)]),
      ['Cost of the model', d3.format('$,.2f')(cost), `${whole(d3.sum(ended, row => (row.input_tokens ?? 0) + (row.output_tokens ?? 0)))} tokens`],
    ]));
    const charts = el('div', { class: 'figures' });
    const modes = ofUseCase(data.failure_modes);
    if (modes.length) charts.append(figure('Why predictions fail', 'in the model’s words', counts(modes, row => words(row.failure_mode), row => row.images)));
    const seen = ofUseCase(data.conditions);
    if (seen.length) charts.append(figure('Conditions of these images', 'as the model sees them', counts(seen, row => words(row.condition), row => row.images)));
    const points = ofUseCase(data.measures);
    if (points.length) {
      charts.append(figure('Brightness and sharpness', `measured on ${points.length} images`, scatter(points, share(body, 384, 24)),
        [
          { name: 'Verdict', of: row => words(row.verdict) },
          { name: 'Brightness', kind: 'number', of: row => plain(row.brightness) },
          { name: 'Contrast', kind: 'number', of: row => plain(row.contrast) },
          { name: 'Sharpness', kind: 'number', of: row => plain(row.sharpness) },
        ], points));
    }
    body.append(charts);
    const cards = ofUseCase(data.mistakes);
    if (cards.length) {
      body.append(el('h3', {}, 'Examples'), shots(cards, card => [
        el('div', { class: 'conditions' }, badge(words(card.verdict), 'warm'), card.failure_mode ? badge(words(card.failure_mode)) : null),
        predicted(card),
        card.corrected_label ? el('p', {}, `people say ${card.corrected_label}`) : null,
        card.evidence ? el('p', {}, `“${card.evidence}”`) : card.status_reason && card.status !== 'MEASURED' ? el('p', {}, card.status_reason) : null,
        card.duplicates > 1 ? el('p', { class: 'meta' }, `stands for ${whole(card.duplicates)} near-duplicates`) : null]));
    }
    return undefined;
  };
  const scatter = (points, width) => {
    const height = 240;
    const drawing = svg(width, height, 'Brightness and sharpness of misclassified images');
    const x = d3.scaleLinear([0, 1], [44, width - 12]);
    const y = d3.scaleSqrt([0, d3.max(points, point => point.sharpness) || 1], [height - 36, 10]).nice();
    for (const tick of y.ticks(4)) {
      drawing.append('line').attr('class', 'grid').attr('x1', x(0)).attr('x2', x(1)).attr('y1', y(tick)).attr('y2', y(tick));
      drawing.append('text').attr('x', x(0) - 6).attr('y', y(tick)).attr('dy', '.32em').attr('text-anchor', 'end').text(tickText(y, tick));
    }
    [0, .25, .5, .75, 1].forEach(tick => drawing.append('text').attr('x', x(tick)).attr('y', height - 20).attr('text-anchor', tick === 1 ? 'end' : 'middle').text(tick));
    drawing.append('text').attr('x', x(.5)).attr('y', height - 4).attr('text-anchor', 'middle').text('brightness (dark to light); upwards: sharper');
    for (const point of points) {
      drawing.append('circle').attr('cx', x(point.brightness)).attr('cy', y(point.sharpness)).attr('r', 3.5).attr('fill-opacity', .5).style('fill', 'var(--c1)')
        .append('title').text(`brightness ${plain(point.brightness)}, sharpness ${plain(point.sharpness)}`);
    }
    return drawing.node();
  };

  blocks.people = body => {
    const labels = ofUseCase(data.labels);
    const agreed = ofUseCase(data.agreement);
    const workers = ofUseCase(data.annotators);
    const jobs = ofUseCase(data.progress);
    if (!labels.length && !agreed.length && !workers.length && !jobs.length) return 'No label of this use case came back yet.';
    if (jobs.length) {
      const most = d3.max(jobs, row => row.items);
      body.append(el('h3', {}, 'Labeling jobs'), table('Progress of labeling jobs', [
        { name: 'Job', kind: 'text wide', of: row => el('span', { class: 'conditions' }, el('code', {}, cut(row.job_name, 32)), badge(words(row.status), row.status === 'FAILED' || row.status === 'EXPIRED' ? 'strong' : '')) },
        { name: 'Answered', kind: 'chart', of: row => barRow(row.answered, most) },
        { name: 'Items answered', kind: 'number', label: 'answered', of: row => `${whole(row.answered)} of ${whole(row.items)}` },
        { name: 'Open', kind: 'number', label: 'open', of: row => whole(row.open) },
        { name: 'A day', kind: 'number', label: 'a day', of: row => plain(row.items_per_day) },
        { name: 'Seconds an answer', kind: 'number', label: 'seconds', of: row => plain(row.seconds_per_answer) },
        { name: 'Work left', kind: 'number', label: 'work left', of: row => `${digits(row.backlog_minutes / 60)} h` },
      ], jobs, 'ranked'), note(`As the services said on ${shortDate(dateOf(jobs[0].run_date))}.`));
    }
    if (labels.length) {
      body.append(tiles([['Items with answers', whole(d3.sum(labels, row => row.items))],
        ...d3.rollups(labels, some => d3.sum(some, row => row.items), row => row.status).map(([name, items]) => [words(name), whole(items)])]));
    }
    const unit = spread(1);
    const r = (value, low, high) => ({ value, low, high, unit: '' });
    if (agreed.length) {
      body.append(el('h3', {}, 'Do annotators agree?'), table('Agreement by version of the guideline', [
        { name: 'Guideline', kind: 'text wide', of: row => (row.guideline_version === '__ALL__' ? 'all versions' : row.guideline_version) },
        { name: axisRow(unit, 'Krippendorff’s alpha: 0 chance, 1 perfect'), kind: 'chart', of: row => intervalRow(unit, r(Math.max(0, row.alpha), Math.max(0, row.alpha_low), row.alpha_high)) },
        { name: 'Alpha (interval)', kind: 'number', label: 'alpha', of: row => withInterval(r(row.alpha, row.alpha_low, row.alpha_high)) },
        { name: 'Items', kind: 'number', label: 'items', of: row => whole(row.items) },
        { name: 'Answers', kind: 'number', label: 'answers', of: row => whole(row.answers) },
      ], agreed, 'ranked'));
    }
    if (workers.length) {
      body.append(el('h3', {}, 'Annotators'), table('Annotators by pseudonym', [
        { name: 'Annotator', kind: 'text wide', of: row => el('span', { class: 'conditions' }, el('code', {}, cut(row.worker_id, 24)), row.flags.map(flag => badge(words(flag), 'warm'))) },
        { name: axisRow(unit, 'probability of a right answer'), kind: 'chart', of: row => intervalRow(unit, r(row.quality, row.quality_low, row.quality_high)) },
        { name: 'Quality (interval)', kind: 'number', label: 'quality', of: row => withInterval(r(row.quality, row.quality_low, row.quality_high)) },
        { name: 'Answers', kind: 'number', label: 'answers', of: row => whole(row.answers) },
        { name: 'Agree with peers', kind: 'number', label: 'agree with peers', of: row => percent(row.peer_agreement) },
        { name: 'Seconds', kind: 'number', label: 'seconds', of: row => plain(row.seconds_per_answer) },
      ], workers.map(row => ({ ...row, of_class: row.flags.length ? 'bad' : '' })), 'ranked'));
    }
    return undefined;
  };

  blocks.quality = body => {
    const classes = ofUseCase(data.quality);
    const thresholds = ofUseCase(data.thresholds);
    if (!classes.length && !thresholds.length) return 'No label of this use case was judged yet: label-qa needs reviews, or blind labels of an audit.';
    const unit = spread(1);
    if (classes.length) {
      body.append(table('How right labels are by class', [
        { name: 'Class', kind: 'text wide', of: row => el('span', { class: 'conditions' }, row.label, row.design === 'UNIFORM' ? '' : badge('chosen items', 'warm')) },
        { name: axisRow(unit, 'share that is right'), kind: 'chart', of: row => intervalRow(unit, { value: row.correct_share, low: row.correct_low, high: row.correct_high }) },
        { name: 'Right (interval)', kind: 'number', label: 'right', of: row => `${percent(row.correct_share)} (${digits(100 * row.correct_low)} – ${digits(100 * row.correct_high)})` },
        { name: 'Judged', kind: 'number', label: 'judged', of: row => whole(row.total) },
        { name: 'Not judged', kind: 'number', label: 'not judged', of: row => whole(row.unreviewed) },
        { name: 'Judged by', kind: 'text', label: 'judged by', of: row => words(row.source) },
        { name: 'Model', kind: 'text', label: 'model', of: row => row.model_version },
      ], classes, 'ranked'));
    }
    if (thresholds.length) {
      body.append(el('h3', {}, 'From which confidence a class can be trusted'), table('Proven thresholds by class', [
        { name: 'Class', kind: 'text wide', of: row => el('span', { class: 'conditions' }, row.label, badge(words(row.status), row.status === 'PROVEN' ? 'strong' : '')) },
        { name: 'From confidence', kind: 'number', label: 'from', of: row => (known(row.threshold) ? plain(row.threshold) : null) },
        { name: 'Wrong of judged', kind: 'number', label: 'wrong', of: row => (known(row.reviewed) ? `${whole(row.wrong)} of ${whole(row.reviewed)}` : null) },
        { name: 'Accepted', kind: 'number', label: 'accepted', of: row => percent(row.wrong_limit) },
        { name: 'Reviews to go on', kind: 'number', label: 'reviews to go on', of: row => (known(row.needed_n) ? whole(row.needed_n) : null) },
        { name: 'Model', kind: 'text', label: 'model', of: row => row.model_version },
      ], thresholds.map(row => ({ ...row, sentence: row.proof })), 'ranked'));
    }
    return undefined;
  };

  blocks.outcomes = body => {
    const yields = ofUseCase(data.yields);
    const changes = ofUseCase(data.outcomes);
    if (!yields.length && !changes.length) return 'Nothing is known of earlier rounds yet: run outcomes once labels are back.';
    if (yields.length) {
      const rates = yields.map(row => ({ ...row, rate: { value: times(row.yield), low: times(row.yield_low), high: times(row.yield_high), unit: ' %' } }));
      const unit = spread(1.1 * (d3.max(rates, row => row.rate.high ?? row.rate.value) || 1));
      body.append(table('Errors that nobody knew, by signal', [
        { name: 'Signal', kind: 'text wide', of: row => words(row.signal) },
        { name: axisRow(unit, 'labels that name one, %'), kind: 'chart', of: row => intervalRow(unit, row.rate, times(row.audit_yield)) },
        { name: 'Yield (interval)', kind: 'number', label: 'yield', of: row => withInterval(row.rate) },
        { name: 'Errors', kind: 'number', label: 'errors', of: row => `${whole(row.found)} of ${whole(row.labeled)}` },
        { name: 'Answers an error', kind: 'number', label: 'answers an error', of: row => plain(row.answers_per_found) },
        { name: 'Weight, proposed', kind: 'number', label: 'weight, proposed', of: row => (known(row.weight) ? `${percent(row.weight)}${known(row.proposed_weight) ? ' → ' + percent(row.proposed_weight) : ''}` : null) },
      ], rates, 'ranked'), note('The dashed line is what a uniform draw, the audit, brings.'));
    }
    if (changes.length) {
      body.append(el('h3', {}, 'What changed since'), table('Targeted segments and model versions', [
        { name: 'Subject', kind: 'text wide', of: row => el('span', { class: 'conditions' }, row.subject, badge(words(row.verdict), row.verdict === 'WORSE' ? 'strong' : row.verdict === 'IMPROVED' ? 'warm' : '')) },
        { name: 'Before', kind: 'number', label: 'before', of: row => percent(row.rate_before) },
        { name: 'After', kind: 'number', label: 'after', of: row => percent(row.rate_after) },
        { name: 'Beyond others (interval)', kind: 'number', label: 'beyond others', of: row => withInterval({ value: times(row.differential_change), low: times(row.differential_low), high: times(row.differential_high), unit: ' points' }) },
        { name: 'Alarms after', kind: 'number', label: 'alarms after', of: row => whole(row.trials_after) },
      ], changes, 'ranked'));
    }
    return undefined;
  };

  blocks.facts = body => {
    const cost = d3.sum(data.look_statuses, row => row.cost_dollars ?? 0);
    const dollars = d3.format('$,.2f');
    const paid = data.attempts.filter(attempt => attempt.model_calls > 0);
    const stages = data.attempts.flatMap(attempt => attempt.stages.map(stage => ({ ...stage, attempt })));
    body.append(tiles([
      ['Attempts in the ledger', whole(data.attempts.length)],
      ['Their stages took', digits(d3.sum(stages, stage => stage.seconds)) + ' s'],
      ['Rows rejected', whole(d3.sum(data.rejects, row => row.rejected_rows))],
      ['Model cost of the day', dollars(cost), 'for the answers it uses'],
    ]));
    if (data.tables.length) {
      body.append(el('h3', {}, 'Rows of the day'), table('Rows by table and run', [
        { name: 'Table', of: row => el('code', {}, row.table) },
        { name: 'Run', of: row => el('code', {}, row.run_id) },
        { name: 'Rows', kind: 'number', of: row => whole(row.rows) },
      ], data.tables));
    } else {
      body.append(el('p', { class: 'empty' }, 'No table has rows of this day.'));
    }
    body.append(el('h3', {}, 'What it took'));
    if (stages.length) {
      body.append(table('Stages that worked on the day, by attempt', [
        { name: 'Attempt', of: row => el('code', {}, row.attempt.attempt_id) },
        { name: 'Command', of: row => row.attempt.command },
        { name: 'Stage', of: row => row.stage },
        { name: 'Rows in', kind: 'number', of: row => whole(row.rows_in) },
        { name: 'Rows out', kind: 'number', of: row => whole(row.rows_out) },
        { name: 'Rejected', kind: 'number', of: row => whole(row.rejected) },
        { name: 'Seconds', kind: 'number', of: row => plain(row.seconds) },
        { name: 'Read', kind: 'number', of: row => (known(row.bytes_read) ? d3.format('.3~s')(row.bytes_read) + 'B' : '–') },
        { name: 'Attempt ended', kind: 'text', of: row => (row.attempt.exit_code === 0 ? 'done' : row.attempt.sentence) },
      ], stages));
    } else {
      body.append(el('p', { class: 'empty' }, 'No attempt of this day is in the ledger yet.'));
    }
    if (paid.length) {
      body.append(el('h3', {}, 'What the model cost'), table('Calls of the model by attempt', [
        { name: 'Attempt', of: row => el('code', {}, row.attempt_id) },
        { name: 'Command', of: row => row.command },
        { name: 'Calls', kind: 'number', of: row => whole(row.model_calls) },
        { name: 'Tokens in', kind: 'number', of: row => whole(row.model_input_tokens) },
        { name: 'Tokens out', kind: 'number', of: row => whole(row.model_output_tokens) },
        { name: 'Dollars', kind: 'number', of: row => dollars(row.model_dollars) },
      ], paid));
    }
    body.append(note('An attempt joins the ledger when it ends, so the one that wrote this page is missing here; the command report writes the page anew.'));
    if (data.rejects.length) {
      body.append(el('h3', {}, 'Rejected rows'), table('Rejected rows by reason', [
        { name: 'Input', of: row => row.input },
        { name: 'Reason', kind: 'text', of: row => row.reason },
        { name: 'Rows', kind: 'number', of: row => whole(row.rejected_rows) },
      ], data.rejects));
    }
  };

  // ---- The page

  const draw = id => {
    const section = document.getElementById(id);
    const body = section.querySelector('.body');
    body.replaceChildren();
    let sentence;
    try {
      sentence = section.dataset.per && !state.useCase ? 'There is no use case of this day yet.' : blocks[id](body);
    } catch (failure) { // one block that fails leaves the others standing
      console.error(`block ${id}:`, failure);
      sentence = 'This block could not be drawn; the browser’s console says why.';
    }
    if (sentence) body.append(el('p', { class: 'empty' }, sentence));
    section.dataset.drawn = sentence ? 'empty' : 'full';
    const title = section.querySelector('h2');
    title.querySelector('.of')?.remove();
    if (section.dataset.per && data.use_cases.length > 1) title.append(el('span', { class: 'of' }, ` · ${state.useCase}`));
  };
  const drawAll = () => Object.keys(blocks).forEach(draw);

  document.getElementById('pipeline').textContent = data.pipeline;
  const day = document.getElementById('run-date');
  day.dateTime = data.run_date;
  day.textContent = d3.utcFormat('%A, %-d %B %Y')(dateOf(data.run_date));
  for (const id of Object.keys(blocks)) {
    document.getElementById('sections').append(el('li', {}, el('a', { href: '#' + id }, document.getElementById(id + '-title').textContent)));
  }
  if (data.use_cases.length > 1) {
    const select = document.getElementById('use-case');
    select.append(...data.use_cases.map(name => el('option', {}, name)));
    select.addEventListener('change', () => {
      state.useCase = data.use_cases[select.selectedIndex];
      state.dimensions = null;
      document.querySelectorAll('section[data-per]').forEach(section => draw(section.id));
    });
    document.getElementById('pick-use-case').hidden = false;
  }
  drawAll();
  let width = document.body.clientWidth;
  let waiting;
  window.addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (document.body.clientWidth !== width) {
        width = document.body.clientWidth;
        ['trend', 'confidence', 'budget', 'looks'].forEach(draw);
      }
    }, 150);
  });
  document.documentElement.dataset.drawn = 'true';
})();
