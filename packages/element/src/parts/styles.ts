import { checklistStyles } from './checklist.styles.ts'
import { controlsStyles } from './controls.styles.ts'
import { formStyles } from './form.styles.ts'
import { groundStyles } from './ground.styles.ts'
import { guideStyles } from './guide.styles.ts'
import { listStyles } from './list.styles.ts'
import { mediaStyles } from './media.styles.ts'
import { tokensStyles } from './tokens.styles.ts'
import { widthStyles } from './width.styles.ts'

/** Everything the shadow root wears; later sheets refine earlier ones. */
export const styles = [
  tokensStyles, groundStyles, controlsStyles, listStyles, formStyles, guideStyles, checklistStyles, widthStyles, mediaStyles,
]
