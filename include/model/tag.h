/* What documents depend on and writes change: the words between the cache and the entities. */
#ifndef MODEL_TAG_H
#define MODEL_TAG_H

enum tag {
    TAG_PLAN = 1,
    TAG_GOALS = 2,
    TAG_OBJECTIVES = 4, /* and what is edited beside them: measures, departments */
    TAG_UPDATES = 8,
    TAG_ALL = 15,
};

enum { TAG_COUNT = 4 };

#endif
