"""The direct routes between two formats, past the Report, so that nothing is lost which both can say."""
