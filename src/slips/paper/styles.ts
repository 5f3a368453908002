/** The few kinds of print on a slip. Pure: names and sizes in points. */

export type Face = 'regular' | 'strong' | 'mono'

export interface Style {
  readonly face: Face
  readonly size: number
  /** From one baseline to the next. */
  readonly leading: number
}

/** The holder's language, and whatever must be typed. */
export const bodyStyle: Style = { face: 'regular', size: 12, leading: 15 }
export const bodyStrongStyle: Style = { face: 'strong', size: 12, leading: 15 }
/** The second language, labels and small facts. */
export const smallStyle: Style = { face: 'regular', size: 10, leading: 12.5 }
export const smallStrongStyle: Style = { face: 'strong', size: 10, leading: 12.5 }
export const titleStyle: Style = { face: 'strong', size: 18, leading: 18 }
/** The code, and a user name that is not too long for it. */
export const codeStyle: Style = { face: 'mono', size: 18, leading: 20 }
export const smallCodeStyle: Style = { face: 'mono', size: 12, leading: 15 }
/** What the post and the porter read through the window: 10 pt on 11. */
export const windowStyle: Style = { face: 'regular', size: 10, leading: 11 }
