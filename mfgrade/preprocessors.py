"""What nbgrader runs over a notebook, beyond its own."""

from nbgrader.preprocessors import NbGraderPreprocessor


class LeaveOutPictures(NbGraderPreprocessor):
    """Do not run cells tagged `show`: they draw with the student's functions, and define nothing that another cell reads."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code" and "show" in cell.metadata.get("tags", []) and "nbgrader" not in cell.metadata:
            cell.metadata["source_kept"] = cell.source
            cell.source = "# A picture drawn with the functions above; not run for the grade."
        return cell, resources
