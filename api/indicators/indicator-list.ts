import { withDefaults } from '../../domain/indicators/chosen-indicators.js';
import { INDICATORS } from '../../domain/indicators/registry.js';
import type { IndicatorListBody } from './indicators.schema.js';

/** The registry in the form that the API returns. */
export const INDICATOR_LIST: IndicatorListBody = {
  indicators: INDICATORS.map((indicator) => {
    const { id, name, description, pane, parameters, outputs } = indicator;
    const { parameters: values, columns } = withDefaults(indicator);
    return {
      id,
      name,
      description,
      pane,
      asked: [id, ...Object.values(values)].join(':'),
      parameters: Object.entries(parameters).map(([parameter, about]) => ({ name: parameter, ...about })),
      outputs: Object.entries(outputs).map(([output, about]) => ({ name: output, column: columns[output]!, ...about })),
    };
  }),
};
